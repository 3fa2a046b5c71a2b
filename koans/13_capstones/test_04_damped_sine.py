"""A damped sine: its damping and frequency, by gradient descent and Newton's method."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, executed, primitives

TIME = np.arange(10.0)


def swing(p, time):
    """Return a damped sine at each time; p holds its damping and its frequency."""
    return jnp.exp(-p[0] * time) * jnp.sin(p[1] * time)


def measured(p):
    """Return ten heights, without noise, of a damped sine with these p."""
    return np.exp(-p[0] * TIME) * np.sin(p[1] * TIME)


def misfit_of(height):
    """Return the loss for these heights, a function of p: the mean squared error."""
    time = jnp.arange(10.0)
    return lambda p: jnp.mean((swing(p, time) - height) ** 2)


def descent(loss):
    """Return a step of gradient descent: a function from p to the next p."""
    return lambda p: p - 0.1 * jax.grad(loss)(p)


def newton(loss):
    """Return a full Newton step: a function from p to the next p."""
    return lambda p: p - jnp.linalg.solve(jax.hessian(loss)(p), jax.grad(loss)(p))


def path_of(step, start, rows):
    """Return the path start, step(start), step(step(start)), ..., shape (rows, n).

    `start` has the shape (n,) and is the first row; `rows` is a Python int.
    """
    # TODO: record the whole path in one compiled loop
    raise NotImplementedError


def test_one_scan_records_the_path_of_any_method():
    """Gradient descent and Newton's method differ only in their step, so the loop can be shared.

    `lax.scan(f, init, length=n)` needs no array to iterate over: it calls f(carry, None) n
    times. The body returns the new carry, and what to record in this iteration.
    """
    step = counted(lambda p: p / 2 + jnp.array([1.0, -3.0]))
    compiled = jax.jit(lambda p: path_of(step, p, 4))

    path = compiled(jnp.array([10.0, 2.0]))
    expected = [[10.0, 2.0], [6.0, -2.0], [4.0, -4.0], [3.0, -5.0]]
    assert path.shape == (4, 2), f"expected 4 rows, shape (4, 2), got {path.shape}"
    assert_allclose(path, expected, rtol=1e-5, err_msg="expected the start and then three steps")
    path = compiled(jnp.array([-6.0, 0.0]))
    message = "from [-6, 0]: expected the start and then three steps"
    assert_allclose(path[::3], [[-6.0, 0.0], [1.0, -5.25]], rtol=1e-5, err_msg=message)
    assert step.count == 1, f"expected 1 trace of the step, got {step.count}"
    short, long = (equations(lambda p, n=n: path_of(jnp.sin, p, n), jnp.ones(3)) for n in (5, 50))
    assert short == long, f"expected equal equation counts for 5 and 50 rows, got {short}, {long}"


def steps_until_small(path, tolerance):
    """Return the number of the first step that changes no parameter by more than `tolerance`.

    The result is a scalar; the first step has the number 1. If no step is that small, or the path
    is NaN, it is the total number of steps.
    """
    moves = jnp.max(jnp.abs(path[1:] - path[:-1]), axis=1)
    # TODO: replace the loop with array operations, so that it works under jit
    for number, move in enumerate(moves):
        if move <= tolerance:
            return number + 1
    return len(moves)


def test_argmax_finds_the_first_small_step():
    """An `if` that ends a loop needs the value of a tracer; array operations on the path do not.

    As in NumPy, `jnp.argmax(x)` returns the index of the first maximum. True counts as 1, so for a
    boolean array this is the index of the first True, or 0 if there is none.
    """
    traced = counted(lambda path, tolerance: steps_until_small(path, tolerance))
    compiled = jax.jit(traced)
    path = [[8.0, 0.0], [4.0, 3.0], [3.0, 1.0], [2.0, 1.5], [1.5, 1.25], [-1.5, -1.0]]
    path = jnp.array(path)  # the largest changes: 4, 2, 1, 0.5 and 3

    for tolerance, number in ((4.0, 1), (2.5, 2), (1.0, 3), (0.5, 4), (0.1, 5), (9.0, 1)):
        found = compiled(path, tolerance)
        assert jnp.shape(found) == (), f"expected a scalar, got shape {jnp.shape(found)}"
        message = f"the first step of at most {tolerance}, or else the last"
        assert found == number, f"expected step {number}, got step {found}: {message}"
    assert traced.count == 1, f"expected 1 trace for 6 tolerances, got {traced.count}"
    found = compiled(path[:2], 0.1)
    assert found == 1, f"a path of one step, larger than the tolerance: expected 1, got {found}"
    found = compiled(path.at[1:].set(jnp.nan), 1.0)
    assert found == 5, f"a path of NaN has no small step: expected 5, got {found}"
    short, long = (equations(steps_until_small, np.ones((n, 2)), 0.1) for n in (5, 50))
    message = f"expected equal equation counts for 5 and 50 rows, got {short} and {long}"
    assert short == long, f"{message}: a Python loop is unrolled"


def test_newton_is_fast_near_the_fit_and_fails_far_from_it():
    """Near a minimum, a full Newton step roughly squares the error; far away, the error may grow.

    Gradient descent goes downhill from both starts, but needs hundreds of steps. Each method has
    two starts: one near the fit, and one far from it, at damping 0.1 and frequency 0.5. The
    measurements have no noise: the fit is damping 0.5, frequency 1.
    """
    loss = misfit_of(measured([0.5, 1.0]))
    near, far = jnp.array([0.4, 0.9]), jnp.array([0.1, 0.5])
    downhill = jax.jit(lambda p: path_of(descent(loss), p, 1001))
    full_steps = jax.jit(lambda p: path_of(newton(loss), p, 13))
    paths = {"descent, near": downhill(near), "descent, far": downhill(far)}
    paths |= {"Newton, near": full_steps(near), "Newton, far": full_steps(far)}

    fits = [name for name in paths if np.allclose(paths[name][-1], [0.5, 1.0], atol=1e-3)]
    count = jax.jit(steps_until_small)
    fast = [name for name in fits if count(paths[name], 1e-5) < 10]

    assert fits == __
    assert fast == __


def fit(loss, start):
    """Return the p with the smallest loss, correct to rounding; `start` is far from it.

    The loss may be evaluated at most 600 times. A step of gradient descent evaluates it once, and a
    Newton step twice: for the gradient and for the Hessian.
    """
    # TODO: combine both methods, in compiled loops
    raise NotImplementedError


def test_descent_and_then_newton_fit_to_rounding(figure):
    """Gradient descent is slow, but converges from far away. Newton's method is fast near the fit.

    Gradient descent alone needs more than a hundred steps for each further digit. Newton's method
    alone needs a good start, which gradient descent can provide.
    """
    cases = [([0.5, 1.0], [0.1, 0.5]), ([0.5, 1.0], [0.0, 0.5]), ([0.3, 0.8], [0.1, 0.5])]
    for x64, rounding in ((False, 1e-4), (True, 1e-12)):
        with jax.enable_x64(x64):
            tally = executed(lambda loss: loss)  # counts the evaluations of the loss

            def program(height, start, tally=tally):
                return fit(lambda p: tally(misfit_of(height)(p)), start)

            used = primitives(program, np.zeros(10), jnp.array([0.1, 0.5]))
            message = "expected a scan or while in the jaxpr, got none: is a loop unrolled?"
            assert used & {"scan", "while"}, message
            compiled = jax.jit(program)
            for number, (truth, start) in enumerate(cases):
                found = compiled(measured(truth), jnp.array(start))
                case = f"from {start}, x64={x64}"
                assert found.shape == (2,), f"{case}: expected shape (2,), got {found.shape}"
                message = f"{case}: expected damping and frequency {truth}"
                assert_allclose(found, truth, atol=rounding, err_msg=message)
                runs = tally.runs() / (number + 1)
                assert runs <= 600, f"{case}: expected at most 600 evaluations, got {runs}"

    @figure(
        "descent_and_newton",
        xlabel=("time [s]", "damping [1/s]"),
        ylabel=("displacement [m]", "frequency [rad/s]"),
        panels=2,
    )
    def draw(left, right):
        loss, fine = misfit_of(measured([0.5, 1.0])), np.linspace(0, 9, 181)
        far, near = jnp.array([0.1, 0.5]), jnp.array([0.4, 0.9])
        damping, frequency = np.linspace(0, 1, 61), np.linspace(0.25, 1.3, 61)
        left.plot(fine, swing(far, fine), label="start")
        left.plot(fine, swing(fit(loss, far), fine), label="fit")
        left.plot(TIME, measured([0.5, 1.0]), "o", color="0.3", label="measured")
        grid = jax.vmap(jax.vmap(lambda d, f: loss([d, f]), (0, None)), (None, 0))
        levels = np.logspace(-4, -0.5, 12)
        right.contour(damping, frequency, grid(damping, frequency), levels, colors="0.7")
        right.plot(*path_of(descent(loss), far, 1001).T, label="gradient descent, far")
        right.plot(*path_of(newton(loss), near, 7).T, "s-", markersize=4, label="Newton, near")
        right.plot(*path_of(newton(loss), far, 2).T, "^:", label="Newton, far, one step")
        right.plot(0.5, 1.0, "*", color="0.3", markersize=12, label="the fit")


# You have fitted a model to data: one compiled loop, a record of its path, and two methods that
# complement each other.
# Next: a problem whose solution is a saddle point.
