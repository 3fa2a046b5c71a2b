"""A Julia set: each pixel is a loop that stops by itself, and the picture is two vmaps of it."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_array_equal

from jax_koans import __, counted, equations, primitives


def escape(z, c, limit):
    """How many turns of z -> z^2 + c it takes until |z| is above 2; at most `limit` turns are made.

    z and c are complex numbers. A z that starts above 2 takes 0 turns.
    """
    # BEGIN PROMPT: a compiled loop that stops for one reason or the other
    # BEGIN SOLUTION

    def inside(carry):
        z, turns = carry
        return (jnp.abs(z) <= 2) & (turns < limit)

    def turn(carry):
        z, turns = carry
        return z**2 + c, turns + 1

    return lax.while_loop(inside, turn, (z, 0))[1]
    # END SOLUTION


def test_a_while_loop_can_have_two_stopping_conditions():
    """A point that escapes does so soon, one that stays would keep a loop busy for ever. So the
    loop counts its turns too, and the count is the answer.
    """
    # HINT: The carry holds z and the number of turns so far. Who may go on?
    # HINT: Both must hold: |z| is at most 2, and turns < limit. `and` would ask a tracer; use &.
    # HINT: lax.while_loop(inside, turn, (z, 0))[1], and turn answers with (z**2 + c, turns + 1).

    def by_hand(z, c, limit):
        turns = 0
        while abs(z) <= 2 and turns < limit:
            z, turns = z**2 + c, turns + 1
        return turns

    traced = counted(lambda z, c, limit: escape(z, c, limit))
    compiled = jax.jit(traced)
    cases = [(0.5 + 0.5j, 0.3 + 0.5j, 50), (1.0 + 1.0j, -0.8 + 0.2j, 50), (3.0 + 0.0j, 0j, 50)]
    cases += [(2.0 + 0.0j, 0j, 50), (0.0 - 2.0j, 0.1j, 1)]
    cases += [(0.1j, -0.5 + 0.0j, 50), (0.1j, -0.5 + 0.0j, 7), (1.2 - 0.3j, 0.3 + 0.5j, 3)]
    for z, c, limit in cases:
        found, wanted = compiled(z, c, limit), by_hand(z, c, limit)
        message = f"{found}, expected {wanted} turns of z^2 + c while |z| is at most 2"
        assert found == wanted, f"z = {z}, c = {c}, limit {limit}: {message}"
    assert traced.count == 1, f"{traced.count} traces: z, c and the limit are data"
    used = primitives(lambda z, c: escape(z, c, 50), 0.5j, 0.3 + 0.5j)
    assert "while" in used, f"no while in the trace, only {sorted(used)}: it cannot stop early"


def julia(c, x, y, limit):
    """escape(x + i y, c, limit) for every x and every y: a row for each y, a column for each x."""

    # BEGIN PROMPT: each x with each y, in the order of a picture
    # def pixel(x, y):
    #     return escape(x + 1j * y, c, limit)
    #
    # return jax.vmap(jax.vmap(pixel))(x, y)
    # BEGIN SOLUTION
    def pixel(x, y):
        return escape(x + 1j * y, c, limit)

    return jax.vmap(jax.vmap(pixel, in_axes=(0, None)), in_axes=(None, 0))(x, y)
    # END SOLUTION


def test_two_vmaps_turn_one_pixel_into_a_picture(figure):
    """All pixels share one loop. It runs until the last of them has stopped; the others keep their
    count and wait. What you write is the loop of one pixel.
    """
    # HINT: Read the error. How many axes has x, and how many vmaps want to take one from it?
    # HINT: The inner vmap goes through a row of the picture: which of x and y changes there?
    # HINT: in_axes=(0, None) inside, for the x of a row; (None, 0) outside, a row for each y.
    c, x, y = -0.4 + 0.6j, np.linspace(-1.5, 1.5, 7), np.linspace(-1.0, 0.6, 4)
    for limit in (4, 9):
        wanted = np.zeros((4, 7), dtype=int)
        z = x + 1j * y[:, None]
        for _ in range(limit):
            wanted += np.abs(z) <= 2
            z = np.where(np.abs(z) <= 2, z**2 + c, z)
        found = jax.jit(julia)(c, jnp.array(x), jnp.array(y), limit)
        assert found.shape == (4, 7), f"4 rows, one for each y, 7 columns; found {found.shape}"
        message = f"x + i y in a row for each y, a column for each x, at most {limit} turns"
        assert_array_equal(found, wanted, err_msg=message)
    few, many = (equations(lambda x, y: julia(c, x, y, 9), x[:k], y[:k]) for k in (2, 4))
    assert few == many, f"2 x 2 pixels make {few} equations, 4 x 4 make {many}: a loop in Python"
    used = primitives(lambda x, y: julia(c, x, y, 9), x, y)
    assert "scan" not in used, "a compiled loop takes one row after the other"

    @figure("julia", xlabel="Re z", ylabel="Im z")
    def draw(axes):
        x, y = jnp.linspace(-1.6, 1.6, 400), jnp.linspace(-1.2, 1.2, 300)
        turns = jax.jit(julia)(c, x, y, 60)
        image = axes.imshow(
            turns, extent=(-1.6, 1.6, -1.2, 1.2), origin="lower", cmap="cividis", norm="log"
        )
        axes.grid(False)
        axes.figure.colorbar(image, label="turns until |z| > 2, at most 60")


def test_the_dtype_limits_the_zoom():
    """Zoom in, and the pixels move closer together, until a number has no digit left to tell them
    apart. Between 0.5 and 1 the numbers of float32 are 2^-24 apart, those of float64 2^-53.
    """

    # HINT: The window is 2^-22 wide and starts at 0.5: how many steps of 2^-24 fit into it?
    # HINT: Nine pixels are wanted. Those at 0, 1, 2, 3 and 4 steps exist; the others are rounded.
    # HINT: 5 in float32, all 9 in float64. Then an image of 9 x 9 has 25 different points.
    def different(x64):
        with jax.enable_x64(x64):
            window = jnp.array(0.5 + np.linspace(0.0, 2.0**-22, 9))
            return len(set(window.tolist()))

    assert different(x64=False) == __(5)
    assert different(x64=True) == __(9)


# The loop of one pixel, two vmaps, one picture. You have come to the end of the path: take a
# problem of your own, write it for one example, and let JAX do the rest.
