"""The damping and the frequency of a swing from ten measurements: descent and Newton's method."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, executed, primitives

TIME = np.arange(10.0)


def swing(p, time):
    """A damped sine; p holds its damping and its frequency."""
    return jnp.exp(-p[0] * time) * jnp.sin(p[1] * time)


def measured(p):
    """What ten measurements without noise give of a swing with these p."""
    return np.exp(-p[0] * TIME) * np.sin(p[1] * TIME)


def misfit_of(height):
    """The loss for these measurements: a function of p."""
    time = jnp.arange(10.0)
    return lambda p: jnp.mean((swing(p, time) - height) ** 2)


def descent(loss):
    """A step downhill: a function from one place to the next."""
    return lambda p: p - 0.1 * jax.grad(loss)(p)


def newton(loss):
    """A full step of Newton's: a function from one place to the next."""
    return lambda p: p - jnp.linalg.solve(jax.hessian(loss)(p), jax.grad(loss)(p))


def path_of(step, start, rows):
    """The path of a method: `start`, then each place that step(place) leads to, in `rows` rows."""
    # BEGIN PROMPT: the whole path, the start included, in one compiled loop
    # BEGIN SOLUTION

    def move(p, _):
        return step(p), p

    _, path = lax.scan(move, start, length=rows)
    return path
    # END SOLUTION


def test_one_scan_records_the_path_of_any_method():
    """Descent and Newton differ in their step alone. Write the path_of once, and hand it the step.

    A scan that has no array to go through is told its turns: lax.scan(body, start, length=n). Its
    body is then called with the carry, and with None.
    """
    # HINT: The carry is the place. What goes into the record, so that the first row is the start?
    # HINT: The body answers with a pair: step(p) to go on with, p for the record.
    # HINT: _, path = lax.scan(move, start, length=rows), with move(p, _) the body.
    step = counted(lambda p: p / 2 + jnp.array([1.0, -3.0]))
    compiled = jax.jit(lambda p: path_of(step, p, 4))

    path = compiled(jnp.array([10.0, 2.0]))
    wanted = [[10.0, 2.0], [6.0, -2.0], [4.0, -4.0], [3.0, -5.0]]
    assert path.shape == (4, 2), f"four rows, a place in each; found shape {path.shape}"
    assert_allclose(path, wanted, rtol=1e-5, err_msg="the start, then three steps")
    path = compiled(jnp.array([-6.0, 0.0]))
    assert_allclose(path[::3], [[-6.0, 0.0], [1.0, -5.25]], rtol=1e-5, err_msg="another start")
    assert step.count == 1, f"{step.count} traces of the step; one serves the whole path_of"
    short, long = (equations(lambda p, n=n: path_of(jnp.sin, p, n), jnp.ones(3)) for n in (5, 50))
    assert short == long, f"5 rows make {short} equations, 50 make {long}: unrolled"


def steps_until_small(path, tolerance):
    """The number of the first step that moves no parameter by more than `tolerance`, from 1 on.

    Where every step of the path moves further: the number of all its steps.
    """
    moves = jnp.max(jnp.abs(path[1:] - path[:-1]), axis=1)
    # BEGIN PROMPT: ask all moves at once, as jit can
    # for number, move in enumerate(moves):
    #     if move <= tolerance:
    #         return number + 1
    # return len(moves)
    # BEGIN SOLUTION
    still = moves <= tolerance
    return jnp.where(jnp.any(still), jnp.argmax(still) + 1, len(moves))
    # END SOLUTION


def test_argmax_finds_the_first_small_step():
    """A `break` asks a tracer for its value. A path of fixed length asks nothing, and what you want
    to know of it can be read off afterwards, from all of its rows at once.
    """
    # HINT: `moves <= tolerance` is an array of True and False. Where is its first True?
    # HINT: jnp.argmax, as in NumPy, is the place of the first of the largest: the first True.
    # HINT: It answers 0 where there is none. jnp.where(jnp.any(still), ..., len(moves)) tells.
    still = counted(lambda path, tolerance: steps_until_small(path, tolerance))
    compiled = jax.jit(still)
    path = [[8.0, 0.0], [4.0, 3.0], [3.0, 1.0], [2.0, 1.5], [1.5, 1.25], [-1.5, -1.0]]
    path = jnp.array(path)  # the largest moves: 4, 2, 1, 0.5 and 3

    for tolerance, number in ((4.0, 1), (2.5, 2), (1.0, 3), (0.5, 4), (0.1, 5), (9.0, 1)):
        found = compiled(path, tolerance)
        message = f"the first step that moves by {tolerance} or less, else the last"
        assert found == number, f"step {found}, expected {number}: {message}"
    assert still.count == 1, f"{still.count} traces for 6 tolerances: one serves them all"
    assert compiled(path[:2], 0.1) == 1, "a path of one step, which moves further"
    lost = path.at[1:].set(jnp.nan)
    assert compiled(lost, 1.0) == 5, "a path that is lost to NaN never stands still"
    short, long = (equations(steps_until_small, np.ones((n, 2)), 0.1) for n in (5, 50))
    assert short == long, f"5 rows make {short} equations, 50 make {long}: a loop in Python"


def test_newton_is_fast_near_the_fit_and_fails_far_from_it():
    """Where the loss looks like a parabola each full step of Newton's squares the error, and so
    doubles the digits. Far away it looks like nothing of the kind; downhill is downhill anywhere.

    The measurements have no noise: damping 0.5, frequency 1.
    """
    # HINT: Descent takes a small step in each of hundreds of turns; from afar it needs 528 of them.
    # HINT: From (0.4, 0.9) the errors of Newton's are 4e-2, 7e-3, 2e-4, 2e-7: soon nothing moves.
    # HINT: One of the four walks needs fewer than ten steps. One of the four never finds the fit.
    loss = misfit_of(measured([0.5, 1.0]))
    near, far = jnp.array([0.4, 0.9]), jnp.array([0.1, 0.5])
    downhill = jax.jit(lambda p: path_of(descent(loss), p, 1001))
    full_steps = jax.jit(lambda p: path_of(newton(loss), p, 13))
    paths = {"descent, near": downhill(near), "descent, far": downhill(far)}
    paths |= {"Newton, near": full_steps(near), "Newton, far": full_steps(far)}

    fits = [name for name in paths if np.allclose(paths[name][-1], [0.5, 1.0], atol=1e-3)]
    count = jax.jit(steps_until_small)
    fast = [name for name in fits if count(paths[name], 1e-5) < 10]

    assert fits == __(["descent, near", "descent, far", "Newton, near"])
    assert fast == __(["Newton, near"])


def fit(loss, start):
    """The parameters with the smallest loss, to rounding, from a start that may be far away.

    All in all the loss is worked out at most 600 times: once for a step of descent, twice for a
    step of Newton's, which needs a gradient and a Hessian.
    """
    # BEGIN PROMPT: let each method do what it is good at
    # BEGIN SOLUTION
    close = path_of(descent(loss), start, 301)[-1]
    return path_of(newton(loss), close, 9)[-1]
    # END SOLUTION


def test_descent_and_then_newton_fit_to_rounding(figure):
    """Descent is sure and slow: a new digit costs it more than a hundred steps. Newton is fast and
    needs a good start. A good start is what descent can give.
    """
    # HINT: `path_of`, `descent` and `newton` are all there. The last row of a path is its end.
    # HINT: First 301 rows of descent; from where they end, a handful of rows of Newton's.
    # HINT: path_of(newton(loss), close, 9)[-1], with close = path_of(descent(loss), start, 301)[-1]
    cases = [([0.5, 1.0], [0.1, 0.5]), ([0.5, 1.0], [0.0, 0.5]), ([0.3, 0.8], [0.1, 0.5])]
    for x64, rounding in ((False, 1e-4), (True, 1e-12)):
        with jax.enable_x64(x64):
            tally = executed(lambda loss: loss)  # counts the losses that are worked out

            def program(height, start, tally=tally):
                return fit(lambda p: tally(misfit_of(height)(p)), start)

            used = primitives(program, np.zeros(10), jnp.array([0.1, 0.5]))
            assert used & {"scan", "while"}, "no loop in the trace: hundreds of steps unrolled"
            compiled = jax.jit(program)
            for number, (truth, start) in enumerate(cases):
                found = compiled(measured(truth), jnp.array(start))
                message = f"from {start} to {truth}, x64={x64}; descent alone has no time for that,"
                message += " and Newton alone gets lost from afar"
                assert_allclose(found, truth, atol=rounding, err_msg=message)
                runs = tally.runs() / (number + 1)
                assert runs <= 600, f"the loss ran {runs} times a fit; 600 were allowed"

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
        right.plot(*path_of(descent(loss), far, 1001).T, label="descent, from afar")
        right.plot(*path_of(newton(loss), near, 7).T, "s-", markersize=4, label="Newton, from near")
        right.plot(*path_of(newton(loss), far, 2).T, "^:", label="Newton, one step from afar")
        right.plot(0.5, 1.0, "*", color="0.3", markersize=12, label="the fit")


# You have fitted a model to data: with a loop that compiles, a record that you read, and two
# methods of which each does what it does well. Next: a problem whose answer is a saddle.
