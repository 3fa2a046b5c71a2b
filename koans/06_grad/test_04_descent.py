"""Derivatives in an optimizer: counts, whose derivative is 0, and gradient descent."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import counted, equations, executed, primitives


def events_above(threshold, energy, width):
    """Return a soft count of the energies above the threshold, a scalar.

    Each event contributes (1 + tanh(u)) / 2, where u = (energy - threshold) / width. This is nearly
    1 well above the threshold, 1/2 at the threshold, and nearly 0 well below it.
    """
    # TODO: replace the hard count with the soft one
    return jnp.sum(jnp.where(energy > threshold, 1.0, 0.0))


def test_the_derivative_of_a_count_is_zero():
    """A count is constant between its jumps, so its derivative is 0.

    JAX raises no error for a count that is a float, such as a sum of 1.0 and 0.0. The 0 is
    exact, but an optimizer that follows it does not move. A smooth function that is close to the
    count has a useful derivative.
    """
    energy = np.array([1.0, 3.0, 3.5, 6.0, 1000.0, -1000.0])
    compiled = jax.jit(jax.value_and_grad(events_above))
    for threshold, width in ((3.0, 0.5), (2.0, 4.0)):
        u = (energy - threshold) / width
        count, derivative = compiled(threshold, energy, width)
        assert derivative != 0, "derivative w.r.t. the threshold: expected a nonzero value, got 0"
        expected = np.sum(1 + np.tanh(u)) / 2
        message = f"soft count, {threshold=}, {width=}: expected the sum of (1 + tanh(u)) / 2"
        assert_allclose(count, expected, rtol=1e-5, err_msg=message)
        expected = -np.sum(1 - np.tanh(u) ** 2) / (2 * width)
        message = f"derivative of the soft count w.r.t. the threshold, {threshold=}, {width=}"
        assert_allclose(derivative, expected, rtol=1e-4, err_msg=message)
    count, _ = compiled(2.0, energy, 0.01)
    message = "width 0.01: expected nearly the hard count"
    assert_allclose(count, 4.0, rtol=1e-5, err_msg=message)


def descend(loss, p, steps, rate):
    """Return the parameters after `steps` steps of gradient descent from p.

    One step goes from p to p - rate * (the gradient of loss at p).
    """
    # TODO: start each step at the result of the previous one
    gradient = jax.jit(jax.grad(loss))
    for _ in range(steps):
        new_p = p - rate * gradient(p)
    return new_p


def test_each_step_of_descent_starts_from_the_last_result(figure):
    """A JAX array never changes, so a step returns new parameters, and the loop must assign them.

    A loop that does not assign them computes the first step again in each iteration, and raises
    no error.
    """

    def bowl(p):
        return p[0] ** 2 + 3 * p[1] ** 2

    start = jnp.array([10.0, -5.0])
    expected = {1: [8.0, -2.0], 2: [6.4, -0.8], 3: [5.12, -0.32], 0: [10.0, -5.0]}
    for steps, p in expected.items():
        got = descend(bowl, start, steps, 0.1)
        message = f"after {steps} steps downhill from {start}, each from the previous result,"
        message += f" expected {p}, got {got}"
        assert_allclose(got, p, rtol=1e-5, err_msg=message)

    time = np.arange(10.0)
    displacement = np.exp(-time / 2) * np.sin(time)  # measured: damping 0.5, frequency 1

    def pendulum(p, time):
        return jnp.exp(-p[0] * time) * jnp.sin(p[1] * time)

    def misfit(p):
        return jnp.mean((pendulum(p, time) - displacement) ** 2)

    start = jnp.array([0.1, 0.5])
    fit = descend(misfit, start, 1000, 0.1)
    message = "fit of a damped sine, 1000 steps: expected damping 0.5 and frequency 1"
    assert_allclose(fit, [0.5, 1.0], atol=1e-3, err_msg=message)

    @figure("fit", xlabel="time [s]", ylabel="displacement [m]")
    def draw(axes):
        fine = np.linspace(0, 9, 181)
        for steps in (0, 100, 1000):
            p = descend(misfit, start, steps, 0.1)
            axes.plot(fine, pendulum(p, fine), label=f"after {steps} steps")
        axes.plot(time, displacement, "o", color="0.3", label="measured")


def descent_record(loss, p, steps, rate):
    """Return the parameters after gradient descent, and the losses, as a pair.

    The steps are those of `descend`. The losses are an array of shape (steps,): the loss at the
    start of each step.
    """
    # TODO: use one compiled loop, and evaluate `loss` once per step
    raise NotImplementedError


def test_gradient_descent_can_run_in_one_compiled_loop():
    """jax.grad works inside the body of a scan, so a whole optimization can be one compiled loop.

    The parameters are the carry, and the losses are the stacked outputs.
    """
    curvature = jnp.array([1.0, 3.0])
    runs = executed(lambda p: jnp.sum(curvature * p**2))
    bowl = counted(runs)
    compiled = jax.jit(lambda p: descent_record(bowl, p, 3, 0.1))

    p, losses = compiled(jnp.array([10.0, -5.0]))
    traces, count = bowl.count, runs.runs()
    message = "parameters after 3 steps downhill, each from the previous result"
    assert_allclose(p, [5.12, -0.32], rtol=1e-5, err_msg=message)
    message = "losses: expected the loss at the start of each step"
    assert_allclose(losses, [175.0, 76.0, 42.88], rtol=1e-5, err_msg=message)
    assert count == 3, f"3 steps: expected 3 evaluations of loss, got {count}"
    p, losses = compiled(jnp.array([-1.0, 0.0]))
    assert_allclose(p, [-0.512, 0.0], rtol=1e-5, err_msg="parameters, from another start")
    assert_allclose(losses, [1.0, 0.64, 0.4096], rtol=1e-5, err_msg="losses, from another start")
    assert bowl.count == traces == 1, f"expected 1 trace of loss for all steps, got {bowl.count}"

    def descent(p, steps):
        return descent_record(lambda p: jnp.sum(curvature * p**2), p, steps, 0.1)

    short, long = (equations(lambda p, n=n: descent(p, n), curvature) for n in (5, 50))
    message = f"expected equal equation counts for 5 and 50 steps, got {short} and {long}"
    assert short == long, message
    used = primitives(lambda p: descent(p, 5), curvature)
    assert used & {"scan", "while"}, f"expected a scan or while in the jaxpr, got {sorted(used)}"


# Next: derivatives of loops.
