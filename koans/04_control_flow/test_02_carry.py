"""The carry, which a compiled loop passes on, and the Ref, which compiled code may change.

A loop is compiled once, so its carry has one shape and one dtype in all iterations.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, primitives


def drift(push, steps):
    """Return the position after `steps` iterations of position = position / 2 + push, from 0.

    One compiled loop does all steps. `push` is a float array, and the result has its shape and
    dtype. `steps` is a Python int.
    """
    # TODO: make the initial carry fit the output of the body
    return lax.fori_loop(0, steps, lambda i, position: position / 2 + push, 0.0)


def test_the_carry_keeps_its_shape_and_dtype():
    """The carry that a loop body gets and the carry that it returns have the same shape and dtype.

    NumPy would broadcast 0.0 + push in the first iteration; a compiled loop raises TypeError, since
    one trace of its body serves all iterations. JAX's message speaks of `scan`, which this loop
    becomes. There `loop_carry[0]` is the index, and `loop_carry[1]` is your carry.
    """
    row, matrix = jnp.array([4.0, -2.0, 0.5]), jnp.array([[1.0, 3.0], [-8.0, 0.25]])
    half = np.array([6.0, -1.0, 2.5, 1.0], dtype=np.float16)
    for push in (row, matrix, half):
        name = f"{push.dtype} push of shape {push.shape}"
        message = f"one step from 0, {name}: expected push"
        assert_allclose(drift(push, 1), push, strict=True, err_msg=message)
        message = f"three steps from 0, {name}: expected 1.75 * push"
        assert_allclose(drift(push, 3), 1.75 * push, strict=True, err_msg=message)
        message = f"no step, {name}: expected zeros with the shape and dtype of push"
        assert_allclose(drift(push, 0), 0 * push, strict=True, err_msg=message)
    used = primitives(lambda push: drift(push, 3), push)
    assert used & {"scan", "while"}, f"expected a scan or while in the jaxpr, got {sorted(used)}"


def discharge(charge, steps):
    """Return `charge` halved `steps` times. Floats keep their dtype, and ints become floats.

    `charge` is an array of ints or floats, or a Python scalar. `steps` is a Python int.
    """
    # TODO: make this work for an array of ints too
    return lax.fori_loop(0, steps, lambda i, charge: charge / 2, charge)


def test_an_int_array_cannot_become_a_float_carry():
    """A compiled loop cannot change the dtype of its carry from int to float.

    A Python loop makes a new array in each iteration, so there the dtype may change. An initial
    carry that is a Python int raises no error: it is weakly typed, and JAX promotes it to a float.
    """
    ints, half = jnp.array([80, -4, 7, 0]), jnp.array([3.0, -0.5], dtype=jnp.float16)
    for charge in (ints, half, jnp.array(5.0), 80, 2.5):
        for steps in (1, 3):
            expected = charge
            for _ in range(steps):
                expected = expected / 2
            found = jnp.asarray(discharge(charge, steps))
            message = f"discharge({charge}, {steps}): expected charge / 2**steps"
            assert_allclose(found, jnp.asarray(expected), strict=True, err_msg=message)
    assert_allclose(discharge(ints, 0), ints, err_msg="no step: expected the values of charge")
    assert discharge(ints, 0).dtype == (ints / 2).dtype, "no step: expected floats"
    short, long = (equations(lambda c, n=n: discharge(c, n), ints) for n in (5, 50))
    assert short == long, f"expected equal equation counts for 5 and 50 steps, got {short}, {long}"


def coarsened(signal, levels):
    """Return `signal` after `levels` steps: each replaces elements 2k and 2k + 1 with their mean.

    So each step halves the length of the signal, which is divisible by 2**levels. `levels` is a
    Python int.
    """

    # TODO: use a loop whose array may change its shape
    def average(i, signal):
        return (signal[0::2] + signal[1::2]) / 2

    return lax.fori_loop(0, levels, average, signal)


def test_a_python_loop_may_change_the_shape_of_its_array():
    """Use a Python loop if the shapes change in each iteration and there are few iterations.

    A Python loop is unrolled, so the shapes of two iterations need not match. The function can be
    compiled if the number of iterations is a Python int.
    """
    signal = jnp.array([3.0, -1.0, 4.0, 1.0, -5.0, 9.0, 2.0, -6.0])
    expected = {
        0: [3.0, -1.0, 4.0, 1.0, -5.0, 9.0, 2.0, -6.0],
        1: [1.0, 2.5, 2.0, -2.0],
        2: [1.75, 0.0],
        3: [0.875],
    }
    for levels, values in expected.items():
        found = jax.jit(lambda signal, n=levels: coarsened(signal, n))(signal)
        values = np.array(values, dtype=signal.dtype)
        message = f"levels = {levels}: expected means of {2**levels} neighboring elements"
        assert_allclose(found, values, rtol=1e-5, strict=True, err_msg=message)
    assert_allclose(coarsened(signal[:2], 1), [1.0], rtol=1e-5, err_msg="the first two samples")


def kepler(mean, eccentricity, tolerance):
    """Return E and the number of iterations of E = mean + eccentricity * sin(E), from E = mean.

    Stop after the first iteration that changes E, up or down, by at most `tolerance`. There is at
    least one iteration. Return a tuple (E, iterations) of scalars.
    """
    # TODO: use a compiled loop that stops as soon as E has converged
    raise NotImplementedError


def test_while_loop_runs_while_its_condition_is_true():
    """`lax.while_loop(cond_fun, body_fun, init_val)` is the compiled form of a Python while loop.

    While cond_fun(val) is True, it replaces val with body_fun(val). Both functions take one
    argument, the carry val. It may be a tuple. If the condition stays True, the loop never ends,
    and Ctrl-C does not interrupt compiled code. So check that body_fun changes what cond_fun reads.
    """
    cases = [
        (1.0, 0.3, 1e-2, 1.2878249, 3),
        (-1.0, 0.3, 1e-4, -1.2880894, 5),
        (2.5, 0.6, 1e-3, 2.7367985, 11),
        (0.7, 0.0, 1e-3, 0.7, 1),
        (1.0, 0.3, 2.0, 1.2524413, 1),
    ]
    for mean, eccentricity, tolerance, angle, count in cases:
        found = jax.jit(kepler)(mean, eccentricity, tolerance)
        kind = type(found).__name__
        assert isinstance(found, tuple | list), f"expected (E, iterations), got {kind}"
        assert len(found) == 2, f"expected a tuple (E, iterations), got {len(found)} elements"
        case = f"kepler({mean}, {eccentricity}, {tolerance})"
        message = f"{case}: expected E after {count} iterations"
        assert_allclose(found[0], angle, rtol=1e-5, err_msg=message)
        assert found[1] == count, f"{case}: expected {count} iterations, got {found[1]}"
    used = primitives(kepler, 1.0, 0.3, 1e-2)
    assert "while" in used, f"expected a while in the jaxpr, got {sorted(used)}"


def test_a_ref_keeps_its_values_between_calls():
    """`jax.new_ref(init_val)` returns a Ref, a mutable reference to an array.

    Compiled code may change the elements of a Ref in place. `ref[i]` reads an element, `ref[...]`
    reads all of them into a jax.Array, and `ref[i] = value` and `ref[i] += value` write. A jitted
    function may close over a Ref or take it as an argument, but cannot return one. It keeps the
    value that a closed-over array had while tracing, but reads a Ref at each execution.
    """
    total = jax.new_ref(jnp.zeros(3))

    @counted
    def record(station, rain):
        total[station] += rain

    compiled = jax.jit(record)
    compiled(0, 2.0)
    compiled(2, 1.5)
    before = total[...]
    compiled(0, 0.5)

    assert total[...].tolist() == __
    assert before.tolist() == __
    assert record.count == __


def settle(height, steps, highest):
    """Return the height after `steps` iterations of height = 1 - height / 2, in a compiled loop.

    `highest` is a Ref of shape (). Set it to the largest of its old value and the heights that the
    iterations return. The initial height does not count. `steps` is a Python int.
    """

    # TODO: also write to `highest`
    def bounce(i, height):
        return 1 - height / 2

    return lax.fori_loop(0, steps, bounce, height)


def test_a_loop_body_may_write_to_a_ref():
    """A loop body may write to a Ref, for example a statistic that the carry does not contain.

    `ref[...]` reads or writes the whole Ref, whatever its shape; `ref[:]` requires an axis. A Ref
    is not an array, and most jnp functions do not accept it: `jnp.maximum(ref, x)` raises
    TypeError, and `jnp.maximum(ref[...], x)` does not.
    """
    highest = jax.new_ref(jnp.array(-10.0))
    compiled = jax.jit(lambda height: settle(height, 3, highest))

    for height, final, largest in ((4.0, 0.25, 1.5), (2.0, 0.5, 1.5), (-2.0, 1.0, 2.0)):
        found = compiled(height)
        assert_allclose(found, final, rtol=1e-5, err_msg=f"settle({height}, 3, ...): the height")
        message = f"expected the largest height so far, {largest}, in `highest`, got {highest[...]}"
        assert_allclose(highest[...], largest, rtol=1e-5, err_msg=message)
    settle(50.0, 1, highest)
    message = "the only iteration returns -24: expected `highest` unchanged"
    assert_allclose(highest[...], 2.0, rtol=1e-5, err_msg=message)
    used = primitives(lambda height: settle(height, 3, highest), 4.0)
    assert used & {"scan", "while"}, f"expected a scan or while in the jaxpr, got {sorted(used)}"


# The carry keeps its shape and dtype in all iterations. A loop body may also write to a Ref.
# Next: a loop that returns a value for every iteration.
