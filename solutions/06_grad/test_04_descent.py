"""Derivatives at work: where they are useless, where they are wrong, and going downhill by them."""

import math

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.test_util import check_grads
from numpy.testing import assert_allclose

from jax_koans import counted, equations, executed, primitives


def events_above(threshold, energy, width):
    """How many of the energies lie above the threshold, softly.

    With u = (energy - threshold) / width an event counts (1 + tanh(u)) / 2: nearly 1 well above
    the threshold, nearly 0 well below, and one half on it.
    """
    # BEGIN PROMPT: a count that moves a little when the threshold does
    # return jnp.sum(jnp.where(energy > threshold, 1.0, 0.0))
    # BEGIN SOLUTION
    return jnp.sum((1 + jnp.tanh((energy - threshold) / width)) / 2)
    # END SOLUTION


def test_the_derivative_of_a_count_is_zero():
    """A count moves in jumps, and between two jumps it is constant. Its derivative is 0, exact and
    of no use: descent by it goes nowhere. No error says so.
    """
    # HINT: By how much does the hard count change when the threshold goes from 3 to 3.001?
    # HINT: Replace the 1 or 0 of each event by the soft step of the docstring.
    # HINT: jnp.tanh((energy - threshold) / width), for all events at once; then the sum.
    energy = np.array([1.0, 3.0, 3.5, 6.0, 1000.0, -1000.0])
    compiled = jax.jit(jax.value_and_grad(events_above))
    for threshold, width in ((3.0, 0.5), (2.0, 4.0)):
        u = (energy - threshold) / width
        count, slope = compiled(threshold, energy, width)
        law = -np.sum(1 - np.tanh(u) ** 2) / (2 * width)
        assert slope != 0, "the derivative is 0: this count does not feel the threshold"
        message = f"slope at {threshold}: each event by a soft step of tanh, of width {width}"
        assert_allclose(slope, law, rtol=1e-4, err_msg=message)
        law = np.sum(1 + np.tanh(u)) / 2
        assert_allclose(count, law, rtol=1e-5, err_msg=f"count at {threshold}, width {width}")
    sharp, _ = compiled(2.0, energy, 0.01)
    assert_allclose(sharp, 4.0, rtol=1e-5, err_msg="a narrow step counts like the hard one")


@jax.custom_jvp
def log_cosh(x):
    """log(cosh(x)), a potential with a soft kink, without overflow for a large x."""
    return jnp.abs(x) + jnp.log1p(jnp.exp(-2 * jnp.abs(x))) - math.log(2)


@log_cosh.defjvp
def log_cosh_rule(place, change):
    """log_cosh at the place (x,), and how far it moves when x moves by a small (dx,)."""
    (x,), (dx,) = place, change
    # BEGIN PROMPT: the true slope of log(cosh(x))
    # slope = 1 / jnp.cosh(x)
    # BEGIN SOLUTION
    slope = jnp.tanh(x)
    # END SOLUTION
    return log_cosh(x), slope * dx


def test_check_grads_finds_a_wrong_rule():
    """With `@jax.custom_jvp` JAX does not look into the function when it differentiates: it goes by
    the rule below `@log_cosh.defjvp`.

    `check_grads(f, arguments, order=1)` compares with finite differences, to their few digits. Its
    AssertionError speaks of a JVP tangent: how far f moves when x moves by a dx, taken at random.
    ACTUAL is by the rule, DESIRED by differences of step `eps`: compare them with each other, not
    with a slope.
    """
    # HINT: log(cosh(x)) is a function of a function. Which factor does the slope lack?
    # HINT: The slope of log(c) is 1 / c, times the slope of cosh(x), which is sinh(x).
    # HINT: sinh / cosh has a name, and under it no overflow: jnp.tanh(x)
    # If this raises, the rule does not agree with the function:
    check_grads(jax.jit(log_cosh), (jnp.array([0.5, -2.0, 3.0]),), order=1, eps=1e-3)
    x = jnp.array([0.5, -2.0, 0.0, 1000.0, -1000.0])
    slopes = jax.jit(jax.vmap(jax.grad(log_cosh)))(x)
    message = "the slope, exact; far out it is 1 or -1, though cosh overflows there"
    rounding = 100 * np.finfo(slopes.dtype).eps
    assert_allclose(slopes, np.tanh(np.array(x)), rtol=rounding, err_msg=message)
    value, move = log_cosh_rule((jnp.array(0.5),), (jnp.array(-3.0),))
    assert_allclose(value, np.log(np.cosh(0.5)), rtol=1e-5, err_msg="the rule's value")
    assert_allclose(move, -3 * np.tanh(0.5), rtol=1e-5, err_msg="its move, for dx = -3")


def descend(loss, p, steps, rate):
    """p after `steps` steps of gradient descent.

    A step goes downhill, against the gradient: from p to p - rate * (the gradient of loss at p).
    """
    # BEGIN PROMPT: begin each step where the last one ended
    # slope = jax.jit(jax.grad(loss))
    # for _ in range(steps):
    #     new_p = p - rate * slope(p)
    # return new_p
    # BEGIN SOLUTION
    slope = jax.jit(jax.grad(loss))
    for _ in range(steps):
        p = p - rate * slope(p)
    return p
    # END SOLUTION


def test_each_step_of_descent_starts_from_the_last_result(figure):
    """Nothing is updated in place, so nothing moves unless the name moves to the new array. The
    loop that forgets it takes its first step again and again, and raises nothing.
    """

    # HINT: Print p in the loop. At which p is each slope taken?
    # HINT: The new place must be the p of the next turn.
    # HINT: p = p - rate * slope(p), and after the loop return p.
    def bowl(p):
        return p[0] ** 2 + 3 * p[1] ** 2

    start = jnp.array([10.0, -5.0])
    for steps, law in ((1, [8.0, -2.0]), (2, [6.4, -0.8]), (3, [5.12, -0.32]), (0, [10.0, -5.0])):
        found = descend(bowl, start, steps, 0.1)
        message = f"after {steps} steps downhill, each by the slope where the last one ended"
        assert_allclose(found, law, rtol=1e-5, err_msg=message)

    time = np.arange(10.0)
    displacement = np.exp(-time / 2) * np.sin(time)  # measured: damping 0.5, frequency 1

    def swing(p, time):
        return jnp.exp(-p[0] * time) * jnp.sin(p[1] * time)

    def misfit(p):
        return jnp.mean((swing(p, time) - displacement) ** 2)

    start = jnp.array([0.1, 0.5])
    fit = descend(misfit, start, 1000, 0.1)
    assert_allclose(fit, [0.5, 1.0], atol=1e-3, err_msg="the fit: damping and frequency")

    @figure("fit", xlabel="time [s]", ylabel="displacement [m]")
    def draw(axes):
        fine = np.linspace(0, 9, 181)
        for steps in (0, 100, 1000):
            p = descend(misfit, start, steps, 0.1)
            axes.plot(fine, swing(p, fine), label=f"after {steps} steps")
        axes.plot(time, displacement, "o", color="0.3", label="measured")


def descent_record(loss, p, steps, rate):
    """Gradient descent with a record: the last p and the losses, as a pair.

    The steps are those of `descend`. The losses are an array of `steps` numbers: the loss at the
    place where each step begins.
    """
    # BEGIN PROMPT: all steps in one compiled loop, which runs `loss` once per step
    # BEGIN SOLUTION

    def step(p, _):
        value, slope = jax.value_and_grad(loss)(p)
        return p - rate * slope, value

    return lax.scan(step, p, length=steps)
    # END SOLUTION


def test_gradient_descent_can_run_in_one_compiled_loop():
    """A derivative may stand inside a loop: p is the carry, and the loss goes into the record."""
    # HINT: The body of the scan gets p, and answers with the next p and with the loss at p.
    # HINT: Value and gradient come from one call: jax.value_and_grad(loss)(p)
    # HINT: return lax.scan(step, p, length=steps), and step(p, _) answers (new p, value).
    slopes = jnp.array([1.0, 3.0])
    runs = executed(lambda p: jnp.sum(slopes * p**2))
    bowl = counted(runs)
    compiled = jax.jit(lambda p: descent_record(bowl, p, 3, 0.1))

    p, losses = compiled(jnp.array([10.0, -5.0]))
    traces, ran = bowl.count, runs.runs()
    message = "three steps in a bowl, each by the gradient where the last one ended"
    assert_allclose(p, [5.12, -0.32], rtol=1e-5, err_msg=message)
    assert_allclose(losses, [175.0, 76.0, 42.88], rtol=1e-5, err_msg="the loss before each step")
    assert ran == 3, f"the loss ran {ran} times in three steps; value and slope come from one run"
    p, losses = compiled(jnp.array([-1.0, 0.0]))
    assert_allclose(p, [-0.512, 0.0], rtol=1e-5, err_msg="from another start")
    assert_allclose(losses, [1.0, 0.64, 0.4096], rtol=1e-5, err_msg="its losses")
    assert bowl.count == traces == 1, f"{bowl.count} traces of the loss; one serves all steps"

    def program(p, steps):
        return descent_record(lambda p: jnp.sum(slopes * p**2), p, steps, 0.1)

    short, long = (equations(lambda p, n=n: program(p, n), slopes) for n in (5, 50))
    assert short == long, f"5 steps make {short} equations, 50 make {long}: unrolled"
    used = primitives(lambda p: program(p, 5), slopes)
    assert used & {"scan", "while"}, f"no loop in the trace, only {sorted(used)}"


# You can go downhill by derivatives, and you have looked at them before you trusted them.
# Next: derivatives that go through loops.
