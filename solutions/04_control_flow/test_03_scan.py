"""`lax.scan`: a loop that walks along an array and keeps a record of its way."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import equations, primitives


def tank_levels(level, inflow):
    """Each hour 0.8 of the level stays and that hour's row of `inflow` comes in.

    Answer with the level after each hour, in one array as long as `inflow`.
    """
    # BEGIN PROMPT: walk along `inflow` in one compiled loop
    # BEGIN SOLUTION

    def hour(level, gain):
        level = 0.8 * level + gain
        return level, level

    _, levels = lax.scan(hour, level, inflow)
    return levels
    # END SOLUTION


def test_scan_stacks_the_outputs_of_its_iterations():
    """`lax.scan(body, carry, xs)` calls body(carry, x) for each row x of xs.

    body answers with a pair: the next carry, and what to append. scan answers with a pair too:
    the last carry, and all that was appended, stacked into one array.
    """
    # HINT: The level is the carry. It is also what you want to keep of each hour.
    # HINT: The body ends with `return level, level`: one to go on with, one for the record.
    # HINT: _, levels = lax.scan(hour, level, inflow)
    one_tank = jnp.array(10.0), jnp.array([1.0, -2.0, 0.5, 0.0, 3.0])
    two_tanks = jnp.array([4.0, -1.0]), jnp.array([[1.0, 0.0], [-2.0, 6.0], [0.5, 0.25]])
    for level, inflow in (one_tank, two_tanks):
        levels = tank_levels(level, inflow)
        record = []
        for gain in inflow:
            level = 0.8 * level + gain
            record.append(level)
        record = np.stack(record)
        assert isinstance(levels, jax.Array), (
            f"expected a jax.Array, got {type(levels).__name__}; scan answers with a pair, and "
            "what was appended is its second half"
        )
        message = "the level after each hour; scan calls body(level, gain), the carry first"
        assert_allclose(levels, record, rtol=1e-5, strict=True, err_msg=message)
    short, long = (equations(tank_levels, 10.0, jnp.ones(n)) for n in (5, 50))
    assert short == long, f"5 hours make {short} equations, 50 make {long}: still unrolled"
    used = primitives(tank_levels, 10.0, jnp.ones(5))
    assert used & {"scan", "while"}, f"no loop in the trace, only {sorted(used)}"


def battery(charge, flow):
    """Each entry of `flow` charges or drains the battery, which holds between 0 and 10.

    Answers with the charge after each entry.
    """

    # BEGIN PROMPT: give scan what it expects of a body
    # def step(charge, gain):
    #     return jnp.clip(charge + gain, 0.0, 10.0)
    #
    # last, charges = lax.scan(step, charge, flow)
    # return charges
    # BEGIN SOLUTION
    def step(charge, gain):
        charge = jnp.clip(charge + gain, 0.0, 10.0)
        return charge, charge

    _, charges = lax.scan(step, charge, flow)
    return charges
    # END SOLUTION


def test_the_body_of_a_scan_returns_a_pair():
    """The next carry and the record may differ, so scan asks for both, each time."""
    # HINT: Read the error: what must the output of a scan body be?
    # HINT: Compute the new charge once, then answer with it twice.
    flow = jnp.array([3.0, 9.0, -4.0, -8.0, 2.5])
    full = jnp.array([7.0, -1.0])

    charges = battery(5.0, flow)

    assert isinstance(charges, jax.Array), f"expected one array, got {type(charges).__name__}"
    assert_allclose(
        charges, [8.0, 10.0, 6.0, 0.0, 2.5], rtol=1e-5, err_msg="held within 0 and 10 by each entry"
    )
    assert_allclose(battery(9.0, full), [10.0, 9.0], rtol=1e-5, err_msg="nearly full at first")
    short, long = (equations(battery, 5.0, jnp.ones(n)) for n in (5, 50))
    assert short == long, f"5 entries make {short} equations, 50 make {long}: unrolled"
    used = primitives(battery, 5.0, flow)
    assert used & {"scan", "while"}, f"no loop in the trace, only {sorted(used)}"


def pull(position):
    """The acceleration of a planet at `position`, towards a sun of unit strength at the origin."""
    return -position / jnp.sum(position**2) ** 1.5


def orbit(position, velocity, dt, steps):
    """The planet's positions and velocities after each step: two arrays of shape (steps, 2).

    One leapfrog step, each line with the newest values:
        velocity + dt / 2 * pull(position)  becomes the velocity,
        position + dt * velocity            becomes the position,
        velocity + dt / 2 * pull(position)  becomes the velocity.
    """
    # BEGIN PROMPT: record the whole flight in one compiled loop
    # BEGIN SOLUTION

    def leap(planet, _):
        position, velocity = planet
        velocity = velocity + dt / 2 * pull(position)
        position = position + dt * velocity
        velocity = velocity + dt / 2 * pull(position)
        return (position, velocity), (position, velocity)

    _, flight = lax.scan(leap, (position, velocity), length=steps)
    return flight
    # END SOLUTION


def test_a_carry_may_be_a_tuple_of_arrays(figure):
    """Carry and record may be tuples; with no array to walk along, `length=` counts the turns, and
    the body's second argument is None.

    Leapfrog runs backwards too: with the velocity turned round, only rounding is left at home.
    """
    # HINT: The carry is the pair (position, velocity), and each step records that same pair.
    # HINT: lax.scan(leap, (position, velocity), length=steps) calls leap(planet, None).
    # HINT: leap ends with `return planet, planet`; scan then gives (last planet, whole flight).
    start, launch = jnp.array([1.0, 0.5]), jnp.array([-0.5, 1.0])
    places, paces = orbit(start, launch, 0.5, 2)
    message = "two arrays, one row a step: of the two things that scan answers with, the record"
    assert np.shape(places) == np.shape(paces) == (2, 2), message
    expected = (
        [[0.660557, 0.955279], [0.215704, 1.258116]],
        [[-0.784296, 0.758116], [-0.915634, 0.454448]],
    )
    assert_allclose(places, expected[0], rtol=1e-4, err_msg="positions after steps 1 and 2")
    assert_allclose(paces, expected[1], rtol=1e-4, err_msg="velocities after steps 1 and 2")
    short, long = (equations(lambda s, v, n=n: orbit(s, v, 0.1, n), start, launch) for n in (5, 50))
    assert short == long, f"5 steps make {short} equations, 50 make {long}: unrolled"
    used = primitives(lambda s, v: orbit(s, v, 0.1, 5), start, launch)
    assert used & {"scan", "while"}, f"no loop in the trace, only {sorted(used)}"

    for x64, home in ((False, 1e-4), (True, 1e-12)):
        with jax.enable_x64(x64):
            places, paces = orbit(jnp.array([1.0, 0.0]), jnp.array([0.0, 1.2]), 0.05, 300)
            back, _ = orbit(places[-1], -paces[-1], 0.05, 300)
            assert places.shape == paces.shape == (300, 2), "one row a step, without the start"
            assert_allclose(
                back[-1], [1.0, 0.0], atol=home, err_msg="back home, in both precisions"
            )

    # Nothing to do here: with `pytest --plots`, `figure` draws what your function computed.
    @figure("orbit", xlabel="x [au]", ylabel="y [au]")
    def draw(axes):
        axes.plot(*places.T, ".-", markevery=10, label="your planet")
        axes.plot(0.0, 0.0, "*", markersize=14, label="the sun")
        axes.set(aspect="equal", ylim=(-3.0, 2.0))


# A loop with a memory is one scan: the carry goes on, the record stays.
# Next: branches that are chosen while the compiled program runs.
