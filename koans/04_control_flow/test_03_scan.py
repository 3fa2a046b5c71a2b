"""`lax.scan`, a loop with an output for every iteration, and `lax.associative_scan`."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, equations, primitives


def tank_levels(level, inflow):
    """Return the level after each hour, an array of the shape of `inflow`.

    In each hour the level becomes 0.8 * level + gain, where gain is the hour's row of `inflow`. The
    argument `level` is the level before the first hour, and has the shape of one row.
    """
    # TODO: compute all levels with one compiled loop over the rows of `inflow`
    raise NotImplementedError


def test_scan_stacks_the_outputs_of_its_iterations():
    """`lax.scan(f, init, xs)` calls f(carry, x) for each row x of xs.

    f returns a pair: the next carry, and an output y. scan returns a pair too: the last carry, and
    all outputs stacked into one array. It does what a Python loop does with `append`.
    """
    one_tank = jnp.array(10.0), jnp.array([1.0, -2.0, 0.5, 0.0, 3.0])
    two_tanks = jnp.array([4.0, -1.0]), jnp.array([[1.0, 0.0], [-2.0, 6.0], [0.5, 0.25]])
    for level, inflow in (one_tank, two_tanks):
        levels = tank_levels(level, inflow)
        expected = []
        for gain in inflow:
            level = 0.8 * level + gain
            expected.append(level)
        expected = np.stack(expected)
        kind = type(levels).__name__
        assert isinstance(levels, jax.Array), f"expected the array of all levels, got {kind}"
        message = f"expected the level after each of the {len(inflow)} hours"
        assert_allclose(levels, expected, rtol=1e-5, strict=True, err_msg=message)
    short, long = (equations(tank_levels, 10.0, jnp.ones(n)) for n in (5, 50))
    assert short == long, f"expected equal equation counts for 5 and 50 hours, got {short}, {long}"
    used = primitives(tank_levels, 10.0, jnp.ones(5))
    assert used & {"scan", "while"}, f"expected a scan or while in the jaxpr, got {sorted(used)}"


def battery(charge, flow):
    """Return the charge after each element of `flow`, shape (len(flow),).

    Each element is added to the charge, which is then clipped to the range from 0 to 10.
    """

    # TODO: make `step` return what lax.scan requires
    def step(charge, gain):
        return jnp.clip(charge + gain, 0.0, 10.0)

    last, charges = lax.scan(step, charge, flow)
    return charges


def test_the_body_of_a_scan_returns_a_pair():
    """The function f of `lax.scan` returns (carry, y) in each iteration, even if both are equal.

    The carry goes to the next iteration. The output y does not: it is only stacked, and may have
    another shape and dtype.
    """
    flow = jnp.array([3.0, 9.0, -4.0, -8.0, 2.5])
    full = jnp.array([7.0, -1.0])

    charges = battery(5.0, flow)

    kind = type(charges).__name__
    assert isinstance(charges, jax.Array), f"expected the array of all charges, got {kind}"
    expected = np.array([8.0, 10.0, 6.0, 0.0, 2.5], dtype=charges.dtype)
    message = "from 5: expected the charge after each element, clipped each time"
    assert_allclose(charges, expected, rtol=1e-5, strict=True, err_msg=message)
    assert_allclose(battery(9.0, full), [10.0, 9.0], rtol=1e-5, err_msg="from 9")
    short, long = (equations(battery, 5.0, jnp.ones(n)) for n in (5, 50))
    message = f"expected equal equation counts for 5 and 50 elements, got {short}, {long}"
    assert short == long, message
    used = primitives(battery, 5.0, flow)
    assert used & {"scan", "while"}, f"expected a scan or while in the jaxpr, got {sorted(used)}"


def pull(position):
    """Return the acceleration of a planet at `position`, in the field of a sun at the origin."""
    return -position / jnp.sum(position**2) ** 1.5


def orbit(position, velocity, dt, steps):
    """Return the positions and velocities after each step: two arrays of shape (steps, 2).

    One leapfrog step makes these three updates in this order. Each uses the newest values:
        velocity = velocity + dt / 2 * pull(position)
        position = position + dt * velocity
        velocity = velocity + dt / 2 * pull(position)
    """
    # TODO: compute all steps with one compiled loop
    raise NotImplementedError


def test_a_carry_may_be_a_tuple_of_arrays(figure):
    """The carry and the output of `lax.scan` may be tuples of arrays.

    Without an array to loop over, give the number of iterations as `length=`; f then gets None as
    its second argument. The orbit is reversible: from the last position, with the velocity
    reversed, the planet returns to its start up to rounding errors.
    """
    start, launch = jnp.array([1.0, 0.5]), jnp.array([-0.5, 1.0])
    positions, velocities = orbit(start, launch, 0.5, 2)
    shapes = np.shape(positions), np.shape(velocities)
    assert shapes == ((2, 2), (2, 2)), f"two steps: expected shapes (2, 2) and (2, 2), got {shapes}"
    expected = (
        [[0.660557, 0.955279], [0.215704, 1.258116]],
        [[-0.784296, 0.758116], [-0.915634, 0.454448]],
    )
    assert_allclose(positions, expected[0], rtol=1e-4, err_msg="positions after steps 1 and 2")
    assert_allclose(velocities, expected[1], rtol=1e-4, err_msg="velocities after steps 1 and 2")
    short, long = (equations(lambda s, v, n=n: orbit(s, v, 0.1, n), start, launch) for n in (5, 50))
    assert short == long, f"expected equal equation counts for 5 and 50 steps, got {short}, {long}"
    used = primitives(lambda s, v: orbit(s, v, 0.1, 5), start, launch)
    assert used & {"scan", "while"}, f"expected a scan or while in the jaxpr, got {sorted(used)}"

    for x64, tolerance in ((False, 1e-4), (True, 1e-12)):
        with jax.enable_x64(x64):
            positions, velocities = orbit(jnp.array([1.0, 0.0]), jnp.array([0.0, 1.2]), 0.05, 300)
            back, _ = orbit(positions[-1], -velocities[-1], 0.05, 300)
            shapes = positions.shape, velocities.shape
            assert shapes == ((300, 2), (300, 2)), f"300 steps: got shapes {shapes}"
            message = f"300 steps there and 300 back, x64 {'on' if x64 else 'off'}"
            assert_allclose(back[-1], [1.0, 0.0], atol=tolerance, err_msg=message)

    # Nothing to do here: with `pytest --plots`, `figure` draws what your function computed.
    @figure("orbit", xlabel="x [au]", ylabel="y [au]")
    def draw(axes):
        axes.plot(*positions.T, ".-", markevery=10, label="your planet")
        axes.plot(0.0, 0.0, "*", markersize=14, label="the sun")
        axes.set(aspect="equal", ylim=(-3.0, 2.0))


def test_associative_scan_requires_an_associative_function():
    """`lax.associative_scan(fn, elems)` returns elems[0], fn(elems[0], elems[1]), and so on.

    `lax.scan` would compute them in n steps, one after the other. associative_scan combines
    neighbors in parallel, then pairs of these results, and so on. It needs about 2 * log2(n) steps.
    The result is right only if fn is associative: fn(fn(a, b), c) == fn(a, fn(b, c)). JAX does not
    check that.
    """
    values = jnp.array([3.0, 1.0, 4.0, -1.0, 5.0, -9.0])

    def equals_a_loop(fn):
        result = [values[0]]
        for value in values[1:]:
            result.append(fn(result[-1], value))
        return np.allclose(lax.associative_scan(fn, values), jnp.stack(result))

    def leak(level, gain):
        return 0.8 * level + gain

    assert equals_a_loop(jnp.maximum) == __
    assert equals_a_loop(jnp.subtract) == __
    assert equals_a_loop(leak) == __


def parallel_levels(level, kept, inflow):
    """Return the level after each hour, shape (hours,), in O(log(hours)) parallel steps.

    Hour i replaces level with kept[i] * level + inflow[i]. `level` is a scalar, the level before
    the first hour; `kept` and `inflow` are float arrays of shape (hours,).
    """
    # TODO: use lax.associative_scan on the pairs (kept, inflow)
    raise NotImplementedError


def test_a_linear_recurrence_has_an_associative_form():
    """An hour that maps level to a * level + b can be represented by the pair (a, b).

    Two hours together have the same form, so a pair represents them too: (a1, b1) followed by
    (a2, b2) maps level to a2 * (a1 * level + b1) + b2. Combining two hours is associative, so
    `lax.associative_scan(fn, elems)` can do it in parallel. Here elems is a tuple of two arrays,
    and fn takes two pairs and returns one.
    """
    kept = np.array([0.8, 0.5, -1.0, 0.0, 1.2, 0.9, 2.0])
    inflow = np.array([1.0, -2.0, 0.5, 3.0, 0.0, 1.0, -4.0])
    for level, hours in ((2.0, 1), (-3.0, 4), (10.0, 7)):
        a, b = jnp.asarray(kept[:hours]), jnp.asarray(inflow[:hours])
        expected, value = [], level
        for i in range(hours):
            value = kept[i] * value + inflow[i]
            expected.append(value)
        found = parallel_levels(level, a, b)
        message = f"level = {level}, hours = {hours}: expected the level after each hour"
        expected = np.array(expected, dtype=a.dtype)
        assert_allclose(found, expected, rtol=1e-5, strict=True, err_msg=message)
    used = primitives(parallel_levels, 1.0, a, b)
    loops = used & {"scan", "while", "pure_callback"}
    assert not loops, f"expected no loop over the hours, got {sorted(loops)}"
    short, long = (equations(parallel_levels, 1.0, jnp.ones(n), jnp.ones(n)) for n in (16, 256))
    message = f"256 hours: expected at most 4 times the {short} equations of 16 hours, got {long}"
    assert long <= 4 * short, message


# You can compute all steps of a recurrence: one after the other, or in parallel.
# Next: branches that compiled code selects by a value.
