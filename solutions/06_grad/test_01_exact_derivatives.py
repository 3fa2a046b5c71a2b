"""grad differentiates your code, not a table of its values: no step size, no error but rounding."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from jax_koans import __


def damped_sine(time):
    """A swing that dies away."""
    return jnp.exp(-time / 2) * jnp.sin(time)


def damped_sine_slope(time):
    """The derivative of damped_sine, worked out by hand, in NumPy."""
    return np.exp(-time / 2) * (np.cos(time) - np.sin(time) / 2)


def motion(displacement, times):
    """The displacement, the velocity and the acceleration at each of `times`: three arrays.

    `displacement` is a function of one time. Its derivative is the velocity, and the derivative
    of the velocity is the acceleration.
    """
    # BEGIN PROMPT: let JAX differentiate, for one time; then take it to all of them
    # BEGIN SOLUTION
    velocity = jax.grad(displacement)
    acceleration = jax.grad(velocity)
    return tuple(jax.vmap(law)(times) for law in (displacement, velocity, acceleration))
    # END SOLUTION


def test_grad_is_as_exact_as_the_formula(figure):
    """Each operation has a known derivative, and the chain rule puts them together: what is left
    of an error is rounding. grad answers with a function, so it can be applied again.
    """
    # HINT: jax.grad(f) is the derivative of f at one time; jax.vmap takes it to many.
    # HINT: velocity = jax.grad(displacement); the acceleration is the grad of that.
    # HINT: Return three of the form jax.vmap(law)(times).
    times = np.linspace(0, 10, 101)
    for x64, rounding in ((False, 5e-5), (True, 1e-12)):
        with jax.enable_x64(x64):
            swing = jax.jit(lambda t: motion(damped_sine, t))(times)
            assert len(swing) == 3, "expected displacement, velocity, acceleration"
            formula = [
                np.exp(-times / 2) * np.sin(times),
                damped_sine_slope(times),
                -np.exp(-times / 2) * (np.cos(times) + 0.75 * np.sin(times)),
            ]
            for found, law, name in zip(swing, formula, ("f", "f'", "f''"), strict=True):
                message = f"{name}, with no error but rounding, x64={x64}; f, f', f'' in order"
                assert_allclose(found, law, atol=rounding, err_msg=message)
    fall = jax.jit(lambda t: motion(lambda t: 20 - 5 * t**2, t))(jnp.array([1.0, -2.0]))
    law = [[15.0, 0.0], [-10.0, 20.0], [-10.0, -10.0]]
    assert_allclose(fall, law, rtol=1e-5, err_msg="any motion: this one is 20 - 5 t^2")

    # Nothing to do here: with `pytest --plots`, `figure` draws what your function computed.
    @figure("damped_sine", xlabel="time [s]", ylabel="f [m],  f' [m/s],  f'' [m/s²]")
    def draw(axes):
        for curve, law, name in zip(swing, formula, ("f", "f'", "f''"), strict=True):
            axes.plot(times, curve, label=f"{name} by grad" if name != "f" else name)
            axes.plot(times[::7], law[::7], "k.", label="by formula" if name == "f''" else None)


def test_a_smaller_step_is_better_only_down_to_a_point(figure):
    """(f(t + h) - f(t)) / h has an error of about h times the bend of f (half its second
    derivative). It also has one of about eps / h, since f is rounded to eps: 1e-7 in float32,
    1e-16 in float64. The sum counts.
    """

    # HINT: Take 1 for the bend. For each h of the list work out h + eps / h, with eps = 1e-7. Which
    #   sum is smallest?
    # HINT: In float32, h = 1e-5 gives 1e-5 + 1e-2. In float64 it gives 1e-5 + 1e-11.
    # HINT: h and eps / h are about equal at the best h: near the square root of eps.
    times = np.array([0.5, 1.0, 2.0, 3.0, 5.0])
    slope = damped_sine_slope(times)
    swing, grad = jax.jit(damped_sine), jax.jit(jax.vmap(jax.grad(damped_sine)))

    def errors(dtype, steps):
        """The largest error over all times: of the quotient, for each step, and of grad."""
        t, h = times.astype(dtype), steps.astype(dtype)[:, None]
        with jax.enable_x64(dtype == np.float64):
            quotient = (np.array(swing(t + h)) - np.array(swing(t))) / h
            return np.max(abs(quotient - slope), axis=1), np.max(abs(np.array(grad(t)) - slope))

    steps = np.array([1e-1, 1e-3, 1e-5, 1e-8, 1e-11])
    float32, of_grad32 = errors(np.float32, steps)
    float64, of_grad64 = errors(np.float64, steps)

    assert steps[np.argmin(float32)] == __(1e-3)
    assert steps[np.argmin(float64)] == __(1e-8)
    assert of_grad32 < min(float32) / 10
    assert of_grad64 < min(float64) / 10

    @figure(
        "finite_differences",
        xlabel="step h [s]",
        ylabel="largest error of the slope [m/s]",
        xscale="log",
        yscale="log",
    )
    def draw(axes):
        fine = np.logspace(-13, -0.5, 60)
        for dtype, mark, dots in ((np.float32, "o", ":"), (np.float64, "s", "-.")):
            quotient, exact = errors(dtype, fine)
            name = dtype.__name__
            (line,) = axes.plot(fine, quotient, marker=mark, markersize=3, label=f"steps, {name}")
            axes.axhline(exact, color=line.get_color(), linestyle=dots, label=f"grad, {name}")


def forces(potential, places):
    """Minus the derivative of `potential`, a function of one place, at each of the `places`.

    The places are floating-point numbers, or integers: the numbers of a grid.
    """
    # BEGIN PROMPT: give grad numbers that can change by a little
    # return -jax.vmap(jax.grad(potential))(places)
    # BEGIN SOLUTION
    return -jax.vmap(jax.grad(potential))(jnp.asarray(places, dtype=float))
    # END SOLUTION


def test_grad_refuses_integers():
    """A derivative asks what a tiny change does. Between two integers there is no tiny change.

    JAX's message offers `allow_int` and vjp as well: neither is needed here.
    """
    # HINT: Read the error: which dtype did grad get, and which ones does it take?
    # HINT: Make floating-point numbers of the places before grad sees them.
    # HINT: jnp.asarray(places, dtype=float), or places * 1.0

    def well(x):
        return x**3 - x

    grid = np.array([-3, -1, 0, 2])

    assert_allclose(forces(well, grid), [-26, -2, 1, -11], rtol=1e-5, err_msg="places on a grid")
    between = np.array([0.5, -1.75])
    found = np.asarray(forces(jnp.sin, between))
    message = "another potential, and places between: do not round them; exact, as grad is"
    rounding = 1e-12 if found.dtype == np.float64 else 3e-6
    assert_allclose(found, -np.cos(between), rtol=rounding, err_msg=message)


def steepness(model, weights, x, y):
    """How the misfit changes with each weight: an array like `weights`.

    The misfit is the sum of the squares of model(weights, x) - y.
    """
    # BEGIN PROMPT: let one number come out of what grad differentiates
    # def misfit(weights):
    #     return (model(weights, x) - y) ** 2
    #
    # return jax.grad(misfit)(weights)
    # BEGIN SOLUTION

    def misfit(weights):
        return jnp.sum((model(weights, x) - y) ** 2)

    return jax.grad(misfit)(weights)
    # END SOLUTION


def test_grad_wants_one_number_out_whatever_goes_in():
    """Any array may go in, and the gradient has its shape. One number must come out: what has
    several answers has no single slope.
    """
    # HINT: Which shape does misfit answer with? Read the error.
    # HINT: The docstring of steepness says how the squares become one number.
    # HINT: return jnp.sum((model(weights, x) - y) ** 2)

    def line(weights, x):
        return weights[0] * x + weights[1]

    def waves(weights, x):
        return jnp.sin(x * weights[1]).dot(weights[0])

    x, y = jnp.array([0.0, 1.0, 2.0]), jnp.array([1.0, -1.0, 5.0])
    compiled = jax.jit(steepness, static_argnums=0)
    slope = compiled(line, jnp.array([1.0, 2.0]), x, y)
    assert slope.shape == (2,), f"two weights, so two slopes; found shape {slope.shape}"
    message = "a straight line: square each of the three differences, then add up"
    assert_allclose(slope, [4.0, 8.0], rtol=1e-5, err_msg=message)
    weights = jnp.array([[2.0, -1.0], [0.0, 0.5]])
    slope = compiled(waves, weights, jnp.array([1.0, np.pi]), 1.0)
    law = [[0.0, -4.0], [-8.0, 0.0]]
    assert_allclose(slope, law, atol=1e-5, err_msg="a table of weights, and one number out")


def test_an_if_works_under_grad_and_not_under_jit():
    """grad alone runs your Python with the numbers at hand, and differentiates what was done to
    them: the branch taken. jit has no numbers while it traces, with grad inside or without.
    """

    # HINT: At 4 the lower branch runs, at 20 the upper one. Differentiate that one formula.
    # HINT: The derivative of 2 v is 2, the one of v^2 / 5 is 2 v / 5.
    # HINT: You met the class in chapter 03: the tracer has no bool. It is one of jax.errors.
    def drag(speed):
        if speed > 10.0:
            return speed**2 / 5
        return 2 * speed

    slope = jax.grad(drag)

    assert slope(4.0) == __(2.0)
    assert slope(20.0) == __(8.0)
    with pytest.raises(Exception) as met:
        jax.jit(slope)(4.0)
    assert met.type is __(jax.errors.TracerBoolConversionError)


# You have exact derivatives of whatever you can compute, in as many numbers as you like.
# Next: by which argument, and what else one run can bring.
