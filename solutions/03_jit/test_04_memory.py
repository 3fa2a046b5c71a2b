"""What jit caches: values from the enclosing scope, the identity of functions, and `self`."""

import logging
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __, counted


def amplify_each(multiply, signal, gains):
    """Return multiply(gain, signal) for each gain in `gains`, by compiled code: a list or array."""
    # BEGIN PROMPT: use the current gain in each call, with a single trace for all gains
    # @jax.jit
    # def amplify(signal):
    #     return multiply(gain, signal)  # `gain` of the loop below
    #
    # amplified = []
    # for gain in gains:
    #     amplified.append(amplify(signal))
    # return amplified
    # BEGIN SOLUTION
    amplify = jax.jit(multiply)
    return [amplify(gain, signal) for gain in gains]
    # END SOLUTION


def test_a_closed_over_array_keeps_its_value_from_tracing():
    """A compiled function reads the variables of its enclosing scope only while jit traces it.

    Their values become constants of the compiled code. A later change has no effect until jit
    traces again.
    """
    # HINT: How often does Python run the line that reads `gain`, and what is `gain` then?
    # HINT: A value that changes from call to call must be an argument: jit a function of gain
    #   and signal.
    multiply = counted(lambda gain, signal: gain * signal)
    signal = np.array([1.0, -2.0, 3.0], dtype=np.float32)
    gains = np.array([[2.0, 3.0, 4.0], [-1.0, 0.5, 10.0]], dtype=np.float32)

    first, second = amplify_each(multiply, signal, gains)

    assert_allclose(first, gains[0] * signal, rtol=1e-5, strict=True, err_msg="the first gain")
    message = "the second gain: expected gains[1] * signal"
    assert_allclose(second, gains[1] * signal, rtol=1e-5, strict=True, err_msg=message)
    kind = type(second).__name__
    assert isinstance(second, jax.Array), f"expected a jax.Array from a compiled call, got {kind}"
    assert multiply.count == 1, f"expected 1 run of the body for 2 gains, got {multiply.count}"
    jaxpr = jax.make_jaxpr(lambda signal: amplify_each(multiply, signal, gains))(signal)
    outside = [equation.primitive.name for equation in jaxpr.eqns]
    message = f"expected the product to be part of the compiled function, got {outside} outside it"
    assert "mul" not in outside, message


def cool_down(step, temperature, hours):
    """Return the temperature after `hours` calls of step(temperature), each compiled."""
    # BEGIN PROMPT: trace once, whatever the number of hours
    # for _ in range(hours):
    #     temperature = jax.jit(lambda t: step(t))(temperature)
    # return temperature
    # BEGIN SOLUTION
    compiled = jax.jit(step)
    for _ in range(hours):
        temperature = compiled(temperature)
    return temperature
    # END SOLUTION


def test_a_new_lambda_in_each_iteration_is_traced_each_time():
    """jit finds its traces by the identity of the function that it compiles.

    A lambda, a `def` or a partial inside a loop is a new function object in each iteration.
    """
    # HINT: How many different function objects does jit get in three hours?
    # HINT: Call jax.jit once, before the loop.
    step = counted(lambda t: t + 0.1 * (20.0 - t))
    coffee = np.array([90.0, 70.0], dtype=np.float32)

    cooled = cool_down(step, coffee, 3)

    message = "after 3 hours: expected the result of 3 calls of step"
    assert_allclose(cooled, [71.03, 56.45], rtol=1e-5, err_msg=message)
    kind = type(cooled).__name__
    assert isinstance(cooled, jax.Array), f"expected a jax.Array from a compiled call, got {kind}"
    assert step.count == 1, f"expected 1 run of the body for 3 hours, got {step.count}"
    warmed = cool_down(lambda t: t + 1.0, coffee, 2)
    assert_allclose(warmed, coffee + 2.0, rtol=1e-5, err_msg="after 2 hours of another step, t + 1")


def coast(step, start, seconds):
    """Return the speed after `seconds` compiled calls of `step`; `start` is a Python number."""
    compiled = jax.jit(step)
    # BEGIN PROMPT: begin with a scalar of the dtype float32 that is not weakly typed
    # speed = start
    # BEGIN SOLUTION
    speed = jnp.float32(start)
    # END SOLUTION
    for _ in range(seconds):
        speed = compiled(speed)
    return speed


def test_a_weakly_typed_start_causes_a_second_trace():
    """A Python number is weakly typed: its dtype adapts to that of the other operand.

    The result of a step is often not weakly typed, and the jit cache key records that. For an array
    x, `x.weak_type` is True or False. `jnp.asarray(start)` without a dtype is still weakly typed.
    """
    # HINT: The first call gets a Python number, the second one a float32 array: two types.
    # HINT: Give the start a dtype before the loop: jnp.float32(start), or asarray with a dtype.
    drag = np.float32(0.5)  # a NumPy scalar is not weakly typed
    step = counted(lambda speed: speed - drag * speed + 1)

    assert_allclose(coast(step, 10.0, 4), 2.5, rtol=1e-5, err_msg="from 10, after 4 seconds")
    assert_allclose(coast(step, -6.0, 2), 0.0, atol=1e-5, err_msg="from -6, after 2 seconds")
    start = jnp.asarray(coast(step, 10.0, 0))
    message = f"after 0 seconds: expected a scalar, of shape (), got shape {start.shape}"
    assert start.shape == (), message
    dtype = np.asarray(coast(step, 10.0, 0)).dtype
    assert dtype == np.float32, f"after 0 seconds: expected dtype float32, got {dtype}"
    assert not start.weak_type, "after 0 seconds: expected weak_type to be False, got True"
    assert step.count == 1, f"expected 1 run of the body for 6 seconds, got {step.count}"


def test_a_static_self_keeps_old_attribute_values():
    """jit cannot trace `self`, which is not an array, but `self` can be static.

    A static `self` is part of the cache key. By default Python compares objects by identity, and
    not by their attributes.
    """

    # HINT: The cache key contains `self`, and the shape and dtype of `stretch`. Is one of them new
    #   in the second call?
    # HINT: The trace has read `stiffness` once. The third call has a new shape.
    class Spring:
        def __init__(self, stiffness):
            self.stiffness = stiffness

        @partial(jax.jit, static_argnums=0)
        def force(self, stretch):
            return -self.stiffness * stretch

    spring = Spring(2.0)
    assert spring.force(3.0) == __(-6.0)
    # WHY: The stiffness is 2, so the force is -2 * 3.
    # IF 6.0: The force is -stiffness * stretch, with a minus sign.
    spring.stiffness = 10.0
    assert spring.force(3.0) == __(-6.0)
    # WHY: Same object, shape and dtype: the call reuses the trace, which has read 2.0.
    # IF -30.0: That needs a new trace, and this call has the cache key of the first one.
    assert spring.force(jnp.array([3.0, 1.0])).tolist() == __([-30.0, -10.0])
    # WHY: The new shape causes a new trace, and that one reads the stiffness 10.
    # IF [-6.0, -2.0]: The shape (2,) is new, so jit traces again and reads the attribute again.
    # IF (-30.0, -10.0): `.tolist()` returns a list, and a list never equals a tuple.
    # IF -30.0: The result has one element per element of the argument.


class Damper:
    """A shock absorber: force(speed) returns law(strength, speed), computed by compiled code."""

    # BEGIN PROMPT: compile `law` instead of the method, so that `force` uses the current strength
    # def __init__(self, law, strength):
    #     self.law = law
    #     self.strength = strength
    #
    # @jax.jit
    # def force(self, speed):
    #     return self.law(self.strength, speed)
    # BEGIN SOLUTION
    def __init__(self, law, strength):
        self.law = jax.jit(law)
        self.strength = strength

    def force(self, speed):
        return self.law(self.strength, speed)

    # END SOLUTION


def test_a_method_passes_its_attributes_to_a_compiled_function():
    """Compile a pure function, and let the method pass the attributes as traced arguments.

    Then a new attribute value causes no new trace, and every call uses the current value.
    """
    # HINT: Which of the two functions has no `self`: law or force? Compile that one.
    # HINT: self.law = jax.jit(law) in __init__, and no decorator on force.
    law = counted(lambda strength, speed: -strength * speed * jnp.abs(speed))
    speed = np.array([2.0, -3.0], dtype=np.float32)
    damper = Damper(law, 2.0)

    message = "strength 2: expected law(strength, speed)"
    assert_allclose(damper.force(speed), [-8.0, 18.0], rtol=1e-5, err_msg=message)
    damper.strength = 0.5
    message = "after damper.strength = 0.5: expected the new strength to be used"
    assert_allclose(damper.force(speed), [-2.0, 4.5], rtol=1e-5, err_msg=message)
    assert_allclose(damper.force(-speed), [2.0, -4.5], rtol=1e-5, err_msg="the opposite speed")
    assert law.count == 1, f"expected 1 run of the body of `law` for 3 calls, got {law.count}"


class Messages(logging.Handler):
    """A handler of the standard library's logging that appends each message to the list `all`."""

    def __init__(self):
        super().__init__()
        self.all = []

    def emit(self, record):
        self.all.append(record.getMessage())


def fill_tank(step, level, inflows):
    """Return the last level, after level = step(level, inflow) for each inflow in order.

    jax.jit compiles `step`. `level` is a float32 scalar. The inflows are Python or NumPy scalars of
    various types.
    """
    compiled = jax.jit(step)
    for inflow in inflows:
        # BEGIN PROMPT: convert each inflow, so that all calls have the same argument types
        # level = compiled(level, inflow)
        # BEGIN SOLUTION
        level = compiled(level, jnp.float32(inflow))
        # END SOLUTION
    return level


def test_explain_cache_misses_logs_why_jit_traced_again():
    """In a block `with jax.explain_cache_misses(True):` JAX logs a message for each cache miss.

    The message compares the call with the most similar earlier one. If this koan fails, it shows
    the messages. They tell which argument differs from before, and how.
    """
    # HINT: Run the koan unchanged. Which argument has another type "now" than "before"?
    # HINT: Python int, Python float and np.float64 are three argument types.
    # HINT: Convert each inflow to one type, such as jnp.float32(inflow).
    step = counted(lambda level, inflow: 0.5 * level + inflow)
    messages = Messages()
    logger = logging.getLogger("jax")
    logger.addHandler(messages)
    try:
        with jax.explain_cache_misses(True):
            got = fill_tank(step, np.float32(10.0), [0.5, 2, np.float64(0.1), -3, 1.5])
    finally:
        logger.removeHandler(messages)

    message = "expected level = 0.5 * level + inflow, for each inflow in order"
    assert_allclose(got, 0.61875, rtol=1e-6, err_msg=message)
    # JAX's cache on disk, if enabled, logs messages too. They do not name this file.
    misses = [text for text in messages.all if fill_tank.__code__.co_filename in text]
    log = "\n".join(misses)
    message = f"expected 1 run of the body for 5 inflows, got {step.count}. JAX has logged:\n{log}"
    assert step.count == 1, message
    message = f"expected 1 cache miss, for the first call, got {len(misses)}:\n{log}"
    assert len(misses) == 1, message


# You can now find out why a function uses old values, or is traced too often.
# Next: how to see the values inside a compiled function.
