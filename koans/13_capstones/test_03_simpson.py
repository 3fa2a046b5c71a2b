"""Simpson's rule: one integral, a check of its arguments, 20 000 integrals, and derivatives."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, primitives


@jax.jit(static_argnames=("density", "n"))
def simpson(density, a, b, n):
    """Return the integral of density(x) from a to b by Simpson's rule on n intervals, a scalar.

    The rule is (b - a) / (3 n) times the sum of weight * density(x) over n + 1 equally spaced x
    from a to b. The weights are 1 4 2 4 ... 2 4 1. `n` is an even int, and `density` maps an array
    of x to an array of the same shape.
    """
    # TODO: evaluate `density` once, for all x; NumPy may build the weights, as n is static
    raise NotImplementedError


def test_array_operations_keep_the_jaxpr_of_simpson_small():
    """A Python loop over the points would be unrolled; array operations take all points at once.

    Simpson's rule is exact for polynomials up to degree 3. For other smooth functions its error
    falls by a factor of about 16 whenever n doubles, until rounding limits it: near 1e-7 in
    float32.
    """
    for x64, rtol in ((False, 1e-5), (True, 1e-13)):
        with jax.enable_x64(x64):
            for n in (2, 4, 6, 10):
                found = simpson(lambda x: 4 * x**3 + 1, -1.0, 2.0, n)
                message = f"4 x^3 + 1 from -1 to 2, {n} intervals, x64={x64}: expected 18"
                assert_allclose(found, jnp.array(18.0), rtol=rtol, strict=True, err_msg=message)
    with jax.enable_x64(True):
        errors = [abs(float(simpson(jnp.exp, 0.0, 1.0, n)) - np.expm1(1.0)) for n in (8, 16, 32)]
    ratios = [round(errors[0] / errors[1]), round(errors[1] / errors[2])]
    assert ratios == [16, 16], f"expected errors that fall 16-fold as n doubles, got {ratios}"
    density = counted(jnp.sin)
    simpson(density, 0.0, 1.0, 10)
    assert density.count == 1, f"expected 1 call of density, got {density.count}"
    short, long = (equations(lambda b, n=n: simpson(jnp.sin, 0.0, b, n), 1.0) for n in (10, 100))
    message = f"expected equal equation counts for 10 and 100 intervals, got {short} and {long}"
    assert short == long, message


def integral(density, a, b, n):
    """Return simpson(density, a, b, n), or raise ValueError if n is odd or less than 2."""
    # TODO: raise ValueError for an n for which Simpson's rule is not defined
    return simpson(density, a, b, n)


def test_a_static_argument_can_be_checked_while_jax_traces():
    """A static argument is an ordinary Python value while JAX traces, so `if` and `raise` work.

    For an odd n the weights do not fit, and the result is silently wrong. A check of a traced value
    such as a or b is not possible in this way: its value is not known yet.
    """

    def square(x):
        return x**2

    compiled = jax.jit(integral, static_argnums=(0, 3))
    for n in (3, 7, 1, 0, -2):
        raised = None
        try:
            got = compiled(square, 0.0, 1.0, n)
        except Exception as error:
            raised = got = error
        assert type(raised) is ValueError, f"n = {n}: expected a ValueError, got {got!r}"
    for x64, rtol in ((False, 1e-3), (True, 1e-12)):
        with jax.enable_x64(x64):
            for n in (2, 4, 6):
                found = compiled(square, 0.0, 1.0, n)
                message = f"n = {n}: expected the integral as the return value, got None"
                assert found is not None, message
                message = f"x^2 from 0 to 1, n = {n}: expected 1 / 3"
                assert_allclose(found, 1 / 3, rtol=rtol, err_msg=message)
    message = "e^x from 1 to -1, n = 8: expected a negative integral"
    assert_allclose(compiled(jnp.exp, 1.0, -1.0, 8), -2.3504, rtol=1e-3, err_msg=message)


def table_of_integrals(density, powers, starts, width, n):
    """Return the integrals of density(x, power) over x from start to start + width.

    The result has a row for each power and a column for each start. Each integral is
    `simpson(...)` with n intervals. `density` takes an array of x and one power.
    """
    # TODO: use no loop; map a function of one power and one start
    raise NotImplementedError


def test_two_vmaps_compute_a_table_of_integrals():
    """Write the function for one integral, then map it over both axes of the table.

    `simpson` expects a density of x alone. A lambda that closes over the power is such a density.
    The lambda is a static argument of `simpson`, and the power that it closes over may be a tracer.
    """
    powers, starts = np.arange(200) / 10, np.arange(100) / 10

    def one_more_density(powers, starts):
        return table_of_integrals(lambda x, power: x**power, powers, starts, 0.05, 4)

    few, many = (equations(one_more_density, powers[:k], starts[: 2 * k]) for k in (2, 5))
    message = f"expected equal equation counts for 2 x 4 and 5 x 10 integrals, got {few} and {many}"
    assert few == many, f"{message}: a Python loop is unrolled"
    used = primitives(one_more_density, powers[:2], starts[:4])
    assert not used & {"scan", "while"}, f"expected no compiled loop, got {sorted(used)}"

    for x64, rtol, n in ((False, 1e-3, 6), (True, 1e-10, 10)):
        weights = np.array([1, *[4, 2] * (n // 2 - 1), 4, 1]) * 0.05 / (3 * n)
        x = starts[:, None] + np.linspace(0.0, 0.05, n + 1)
        expected = (x ** powers[:, None, None] * np.exp(-x)) @ weights
        with jax.enable_x64(x64):
            density = counted(lambda x, power: x**power * jnp.exp(-x))
            compiled = jax.jit(lambda p, s, n=n, d=density: table_of_integrals(d, p, s, 0.05, n))
            found = compiled(jnp.array(powers), jnp.array(starts))
            message = f"expected a row per power and a column per start, got shape {found.shape}"
            assert found.shape == expected.shape, message
            message = f"x64={x64}: expected density(x, power) from start to start + width, by"
            message += f" Simpson's rule on {n} intervals"
            assert_allclose(found, expected, rtol=rtol, err_msg=message)
            assert density.count == 1, f"expected 1 trace of the density, got {density.count}"


def test_the_derivative_at_the_upper_bound_is_the_density_there():
    """The derivative of an integral with respect to its upper bound b is density(b).

    If b grows, a thin strip of height density(b) is added; if the lower bound a grows, a strip is
    taken away. JAX differentiates the code of the rule, and the result agrees.
    """

    def current(x):
        return x**3

    def charge(gain):
        return simpson(lambda x: gain * current(x), 1.0, 2.0, 8)

    assert round(float(charge(4.0)), 3) == 15.0  # 2^4 - 1^4
    assert round(float(jax.grad(simpson, argnums=2)(current, 1.0, 2.0, 8)), 3) == __
    assert round(float(jax.grad(simpson, argnums=1)(current, 1.0, 2.0, 8)), 3) == __
    assert round(float(jax.grad(charge)(4.0)), 3) == __


# One rule, written for one integral, gives a table of integrals and all their derivatives.
# Next: a fit, by gradient descent and by Newton's method.
