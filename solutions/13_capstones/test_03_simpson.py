"""Simpson's rule: how good it is, when it lies, 20 000 integrals at once, and their derivatives."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, primitives


@jax.jit(static_argnames=("density", "n"))
def simpson(density, a, b, n):
    """The integral of density(x) from a to b: weights 1 4 2 4 ... 2 4 1 at n + 1 places."""
    weights = np.ones(n + 1)
    weights[1::2], weights[2:-1:2] = 4.0, 2.0
    return (b - a) / (3 * n) * jnp.dot(weights, density(jnp.linspace(a, b, n + 1)))


def test_array_operations_keep_the_jaxpr_of_simpson_small():
    """The rule follows every parabola, and by luck every cubic. What it misses is about
    (b - a) h^4 / 180 times the fourth derivative, for steps of length h. But no answer is better
    than its rounding, however many steps it takes.
    """

    # HINT: Half the step: by which factor does h^4 get smaller? Do that twice.
    # HINT: From 1.5e-7 at 16 intervals, divide by that factor for each doubling: 32, 64, 128, ...
    # HINT: float32 has seven digits, so no error of 1e-9. At 512 intervals float64 is at 1.4e-13.
    def error(n, x64=True):
        with jax.enable_x64(x64):
            return abs(float(simpson(jnp.exp, 0.0, 1.0, n)) - np.expm1(1.0))

    assert [round(error(n) / error(2 * n)) for n in (8, 16)] == __([16, 16])
    assert [n for n in (32, 128, 512) if error(n) < 1e-12] == __([512])
    both = {"float32": error(512, x64=False), "float64": error(512, x64=True)}
    assert [name for name in both if both[name] < 1e-9] == __(["float64"])


def integral(density, a, b, n):
    """simpson(density, a, b, n), or a ValueError where n is odd, or less than 2."""
    # BEGIN PROMPT: refuse an n that Simpson's rule is not made for
    # return simpson(density, a, b, n)
    # BEGIN SOLUTION
    if n < 2 or n % 2:
        raise ValueError(f"Simpson's rule takes an even number of intervals, not {n}")
    return simpson(density, a, b, n)
    # END SOLUTION


def test_a_static_argument_can_be_checked_while_jax_traces():
    """Compiled code cannot raise. But n is static, a plain number while JAX traces: Python may ask
    it anything. With an odd n the last place has weight 4, and nobody is told.
    """
    # HINT: Does an `if` on n need the value of a tracer?
    # HINT: n % 2 is 1 for an odd number.
    # HINT: if n < 2 or n % 2: raise ValueError(...)

    def square(x):
        return x**2

    assert_allclose(simpson(square, 0.0, 1.0, 3), 0.592593, rtol=1e-3)  # wrong: it is 1 / 3
    compiled = jax.jit(integral, static_argnums=(0, 3))
    for n in (3, 7, 1, 0, -2):
        raised = None
        try:
            found = compiled(square, 0.0, 1.0, n)
        except Exception as error:
            raised = found = error
        wanted = f"{n} intervals: a ValueError is to be raised, and there is {found!r}"
        assert type(raised) is ValueError, wanted
    for x64, rtol in ((False, 1e-3), (True, 1e-12)):
        with jax.enable_x64(x64):
            for n in (2, 6):
                found = compiled(square, 0.0, 1.0, n)
                assert_allclose(found, 1 / 3, rtol=rtol, err_msg=f"x^2 from 0 to 1, {n} intervals")
    assert_allclose(compiled(jnp.exp, 1.0, -1.0, 8), -2.3504, rtol=1e-3, err_msg="e^x, backwards")


def table_of_integrals(density, powers, starts, width, n):
    """The integral of density(x, power) from start to start + width, on n intervals.

    For each power, a row, and each start, a column. `density` is written for many x, one power.
    """
    # BEGIN PROMPT: all of them in one program, by the simpson above
    # BEGIN SOLUTION

    def one(power, start):
        return simpson(lambda x: density(x, power), start, start + width, n)

    row = jax.vmap(one, in_axes=(None, 0))
    return jax.vmap(row, in_axes=(0, None))(powers, starts)
    # END SOLUTION


def test_two_vmaps_compute_a_table_of_integrals():
    """x^(k / 10) e^-x for 200 numbers k, over 100 intervals: think of one of them. The lambda that
    holds its power is static for jit; the power in it may be a tracer.

    At x = 0 the slope of x^0.1 is infinite: there the rule is off in the third digit.
    """
    # HINT: A function of one power and one start, then a vmap for each of the two axes.
    # HINT: simpson wants a density of x alone: lambda x: density(x, power)
    # HINT: As in chapter 05: in_axes=(None, 0) inside for the starts, (0, None) outside.
    density = counted(lambda x, power: x**power * jnp.exp(-x))
    powers, starts = np.arange(200) / 10, np.arange(100) / 10

    def program(powers, starts):
        return table_of_integrals(lambda x, power: x**power, powers, starts, 0.05, 4)

    few, many = (equations(program, powers[:k], starts[: 2 * k]) for k in (2, 5))
    assert few == many, f"2 x 4 makes {few} equations, 5 x 10 makes {many}: a loop in Python"
    used = primitives(program, powers[:2], starts[:4])
    assert not used & {"scan", "while"}, "a compiled loop fills the table piece by piece"

    spots, shares = np.polynomial.legendre.leggauss(20)  # another rule, far better still
    x = starts[:, None] + 0.025 + 0.025 * spots
    law = 0.025 * (x ** powers[:, None, None] * np.exp(-x)) @ shares

    for x64, rtol, n in ((False, 5e-3, 32), (True, 1e-9, 512)):
        with jax.enable_x64(x64):
            some = slice(None, None, 1 if n == 32 else 10)  # all 20 000, then some with more digits
            compiled = jax.jit(lambda p, s, n=n: table_of_integrals(density, p, s, 0.05, n))
            density.count = 0
            found = compiled(jnp.array(powers[some]), jnp.array(starts[some]))
            wanted = law[some, some]
            assert found.shape == wanted.shape, f"a row a power, a column a start: {found.shape}"
            message = f"density(x, power) from start to start + width, on {n} intervals, x64={x64}"
            assert_allclose(found[:, 1:], wanted[:, 1:], rtol=rtol, err_msg=message)
            message = "from 0 on: x^0 is smooth, and x^0.1 is not, but two digits stay"
            assert_allclose(found[:2, 0], wanted[:2, 0], rtol=2e-2, err_msg=message)
            assert density.count == 1, f"Python ran the density {density.count} times, not once"


def test_the_derivative_at_the_upper_bound_is_the_density_there():
    """An integral that is worked out by code has derivatives like any code. By its bounds they are
    known since Newton: move b by a little, and a thin strip of height density(b) is added.
    """

    # HINT: At 1 the current is 1, at 2 it is 8. Which bound takes a strip away?
    # HINT: argnums=2 is b, the end; argnums=1 is a, the start.
    # HINT: The derivative of gain * x^3 in the gain is x^3, so the slope is an integral: 3.75.
    def current(x):
        return x**3

    def charge(gain):
        return simpson(lambda x: gain * current(x), 1.0, 2.0, 8)

    assert round(float(charge(4.0)), 3) == 15.0  # 2^4 - 1^4
    assert round(float(jax.grad(simpson, argnums=2)(current, 1.0, 2.0, 8)), 3) == __(8.0)
    assert round(float(jax.grad(simpson, argnums=1)(current, 1.0, 2.0, 8)), 3) == __(-1.0)
    assert round(float(jax.grad(charge)(4.0)), 3) == __(3.75)


# One rule, written for one integral, serves a table of them, and all their derivatives.
# Next: a fit, downhill first and then by Newton.
