"""A trace is remembered with all it saw: arrays from outside, the function itself, `self`."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __, counted


def amplify_each(multiply, signal, gains):
    """multiply(gain, signal) for each gain in turn, as a list; compiled once for all."""
    # BEGIN PROMPT: let every call see its own gain, without a new trace
    # @jax.jit
    # def amplify(signal):
    #     return multiply(gain, signal)  # the gain of the loop below
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
    """What a compiled function reads from outside is read while it is traced, and never again."""
    # HINT: How often does Python run the line that reads `gain`? With which gain?
    # HINT: What changes from call to call must come in as an argument.
    # HINT: Give amplify two arguments, gain and signal. Neither is static.
    multiply = counted(lambda gain, signal: gain * signal)
    signal = np.array([1.0, -2.0, 3.0], dtype=np.float32)
    gains = np.array([[2.0, 3.0, 4.0], [-1.0, 0.5, 10.0]], dtype=np.float32)

    first, second = amplify_each(multiply, signal, gains)

    assert_allclose(first, gains[0] * signal, rtol=1e-5, strict=True, err_msg="the first gain")
    assert_allclose(second, gains[1] * signal, rtol=1e-5, strict=True, err_msg="a gain is frozen")
    assert isinstance(second, jax.Array), "it was not compiled: NumPy came back"
    assert multiply.count == 1, f"{multiply.count} traces for 2 gains: pass the gain as an argument"
    program = jax.make_jaxpr(lambda signal: amplify_each(multiply, signal, gains))(signal)
    outside = [equation.primitive.name for equation in program.eqns]
    assert "mul" not in outside, f"{outside}: the product stays outside of what is compiled"


def cool_down(step, temperature, hours):
    """Apply `step(temperature)` once an hour, compiled."""
    # BEGIN PROMPT: compile once, whatever the number of hours
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
    """jit remembers functions by identity; a lambda or a partial in a loop is new each turn."""
    # HINT: How many different function objects does jit see in three hours?
    # HINT: Call jax.jit once, before the loop.
    step = counted(lambda t: t + 0.1 * (20.0 - t))
    coffee = np.array([90.0, 70.0], dtype=np.float32)

    cooled = cool_down(step, coffee, 3)

    assert_allclose(cooled, [71.03, 56.45], rtol=1e-5, err_msg="three hours of cooling")
    assert isinstance(cooled, jax.Array), "the step was not compiled: NumPy came back"
    assert step.count == 1, f"step was traced {step.count} times in 3 hours; expected once"
    warmed = cool_down(lambda t: t + 1.0, coffee, 2)
    assert_allclose(warmed, coffee + 2.0, rtol=1e-5, err_msg="two hours of another step")


def coast(step, start, seconds):
    """The speed after `seconds` compiled calls of `step`; `start` is a Python number."""
    compiled = jax.jit(step)
    # BEGIN PROMPT: begin with a number of the type that step gives back
    # speed = start
    # BEGIN SOLUTION
    speed = jnp.float32(start)
    # END SOLUTION
    for _ in range(seconds):
        speed = compiled(speed)
    return speed


def test_a_weakly_typed_start_causes_a_second_trace():
    """A Python number is weakly typed, a result often is not, and weak or strong is part of a type.

    `jnp.asarray(start)` alone stays weak, as its attribute `weak_type` says.
    """
    # HINT: The first call sees a Python number, the second one a float32 array. Two types.
    # HINT: Make the start strong before the loop: state its dtype.
    # HINT: jnp.float32(start), or jnp.asarray(start, dtype=...)
    drag = np.float32(0.5)  # a NumPy scalar is strongly typed
    step = counted(lambda speed: speed - drag * speed + 1)

    assert_allclose(coast(step, 10.0, 4), 2.5, rtol=1e-5, err_msg="from 10, after four seconds")
    assert_allclose(coast(step, -6.0, 2), 0.0, atol=1e-5, err_msg="from -6, after two seconds")
    assert step.count == 1, f"{step.count} traces: the start and the results differ in type"
    assert jnp.shape(coast(step, 10.0, 0)) == (), "begin with one number, not with an array of one"


def test_a_static_self_keeps_old_attribute_values():
    """jit refuses `self`, which is no array. As a static it is accepted, and looked at no more.

    Python finds an object by identity, and that does not change with its attributes.
    """

    # HINT: The second call finds the trace of the first one: same object, same type of number.
    # HINT: The trace has read the stiffness once. Only a new trace reads it again.
    # HINT: The last call brings a new shape, hence a new trace, hence the new stiffness.
    class Spring:
        def __init__(self, stiffness):
            self.stiffness = stiffness

        @partial(jax.jit, static_argnums=0)
        def force(self, stretch):
            return -self.stiffness * stretch

    spring = Spring(2.0)
    assert spring.force(3.0) == __(-6.0)
    spring.stiffness = 10.0
    assert spring.force(3.0) == __(-6.0)
    assert spring.force(jnp.array([3.0, 1.0])).tolist() == __([-30.0, -10.0])


class Damper:
    """A shock absorber that may be replaced: force(speed) is law(strength, speed), compiled."""

    # BEGIN PROMPT: compile the law, and keep `self` out of what jit sees
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
    """Compile a pure function of numbers, and let the method hand its attributes over as data."""
    # HINT: law(strength, speed) knows nothing of self. Which of the two should jit compile?
    # HINT: force becomes an ordinary method that calls something compiled.
    # HINT: self.law = jax.jit(law) in __init__, and no decorator on force.
    law = counted(lambda strength, speed: -strength * speed * jnp.abs(speed))
    speed = np.array([2.0, -3.0], dtype=np.float32)
    damper = Damper(law, 2.0)

    assert_allclose(damper.force(speed), [-8.0, 18.0], rtol=1e-5, err_msg="strength 2")
    damper.strength = 0.5
    assert_allclose(damper.force(speed), [-2.0, 4.5], rtol=1e-5, err_msg="strength 0.5 is not seen")
    assert_allclose(damper.force(-speed), [2.0, -4.5], rtol=1e-5, err_msg="the other way")
    assert law.count == 1, f"Python ran the law {law.count} times: one trace serves all strengths"


# You can now find out why a trace is stale, or made again and again.
# Next: how to look inside a compiled function, and how to get out of it.
