"""Heron's square root: its errors, a loop that stops by itself, and its derivatives."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import equations, primitives


def heron_errors(x, steps):
    """Return the relative error abs(r / sqrt(x) - 1) after each iteration, shape (steps, *x.shape).

    An iteration is r = (r + x / r) / 2, and the first r is x, a float array. `steps` is a Python
    int.
    """
    # TODO: use one compiled loop, so that the jaxpr does not grow with `steps`
    raise NotImplementedError


def test_scan_records_the_error_of_each_iteration(figure):
    """The number of iterations that Heron's method needs depends on x.

    Far from the root an iteration only halves r, and near the root it doubles the number of correct
    digits. So ten iterations are enough for 100 and too few for a million. Without an array to
    iterate over, `lax.scan(f, init, length=n)` calls f(carry, None) n times.
    """
    x = np.array([0.01, 2.0, 100.0, 1e6])
    expected, r = [], x
    for _ in range(14):
        r = (r + x / r) / 2
        expected.append(np.abs(r / np.sqrt(x) - 1))
    for x64, rtol, atol in ((False, 1e-4, 1e-6), (True, 1e-10, 1e-14)):
        with jax.enable_x64(x64):
            found = jax.jit(lambda x: heron_errors(x, 14))(jnp.array(x))
            assert found.shape == (14, 4), f"expected shape (14, 4), got {found.shape}"
            message = f"x64={x64}: expected the relative errors after 1, 2, ... 14 iterations"
            assert_allclose(found, expected, rtol=rtol, atol=atol, err_msg=message)
    one = heron_errors(jnp.array(1e6), 13)
    assert one.shape == (13,), f"a scalar x: expected shape (13,), got {one.shape}"
    short, long = (equations(lambda x, n=n: heron_errors(x, n), jnp.array(x)) for n in (10, 100))
    message = f"expected equal equation counts for 10 and 100 iterations, got {short} and {long}"
    assert short == long, message

    @figure("heron_errors", xlabel="iterations", ylabel="relative error", yscale="log")
    def draw(axes):
        with jax.enable_x64(True):
            values = jnp.array([2.0, 100.0, 1e4, 1e6])
            errors = heron_errors(values, 15)
        for value, column in zip(values.tolist(), errors.T, strict=True):
            axes.plot(range(1, 16), np.maximum(column, 1e-16), "o-", label=f"x = {value:g}")


def root(x):
    """Return the square root of a scalar x >= 0, by iterations r = (r + x / r) / 2 from r = x.

    It returns the first new r that differs from the previous r by at most 1e-6 times the new r. For
    x = 0 it returns 0.
    """
    # TODO: use a compiled loop that stops by itself; it must not divide 0 by 0
    raise NotImplementedError


def test_a_while_loop_iterates_until_the_root_has_converged():
    """Compare the change of r with r itself: a relative tolerance suits every x.

    An absolute change of 1e-6 is negligible for a root of 1000, but 10 percent of a root of 1e-5.
    At x = 0 the first iteration would compute 0 / 0, which is NaN.
    """
    found = jax.jit(root)(1e-10)
    message = f"expected root to return a scalar, got a {type(found).__name__}: {found}"
    assert isinstance(found, jax.Array), message
    assert found.shape == (), message
    assert_allclose(found, 1e-5, rtol=1e-5, err_msg="the root of 1e-10: expected 1e-5")
    message = "the root of 1e-30 takes more than fifty iterations: expected 1e-15"
    assert_allclose(jax.jit(root)(1e-30), 1e-15, rtol=1e-5, err_msg=message)
    used = primitives(root, 2.0)
    assert "while" in used, f"expected a while in the jaxpr, got {sorted(used)}"
    ready = used & {"sqrt", "rsqrt", "cbrt", "pow", "exp", "log"}
    assert not ready, f"expected Heron's iterations only, got {sorted(ready)} in the jaxpr"
    x = np.array([2.0, 9.0, 0.25, 1e6, 1e-6, 0.0, 1.0])
    for x64, rtol in ((False, 1e-6), (True, 1e-12)):
        with jax.enable_x64(x64):
            found = jax.jit(jax.vmap(root))(jnp.array(x))
            message = f"x64={x64}: expected the roots of {x}, iterated until the relative change"
            message += " is at most 1e-6, and 0 for 0"
            expected = jnp.sqrt(jnp.array(x))
            assert_allclose(found, expected, rtol=rtol, strict=True, err_msg=message)
    with jax.enable_x64(True):
        error = float(jax.jit(root)(19.0)) / np.sqrt(19.0) - 1
    message = "the root of 19 in float64: expected the first r that differs from the previous r by"
    message += " at most 1e-6 * r. It has the relative error 2e-13 (smaller after more iterations);"
    message += f" got {error:.0e}"
    assert error > 1e-13, message


def smooth_root(x):
    """Return root(x) for a scalar x > 0, such that its first and second derivatives are correct."""
    # TODO: add both derivatives after the loop; do not differentiate the loop
    return root(lax.stop_gradient(x))


def test_iterations_after_the_loop_supply_the_derivatives():
    """A while loop has no reverse mode, but you can add iterations after it that have derivatives.

    Let r be the converged root. Because of `lax.stop_gradient`, r is a constant for JAX. One more
    iteration, (r + x / r) / 2, does not change the value, and has the derivative 1 / (2 r) with
    respect to x, as the square root has. Another iteration adds the second derivative.
    """
    x = np.array([2.0, 9.0, 0.25, 1e4, 0.01])
    expected = {
        "the root": np.sqrt(x),
        "the first derivative": 0.5 * x**-0.5,
        "the second derivative": -0.25 * x**-1.5,
    }
    first = jax.grad(smooth_root)
    all_three = jax.jit(jax.vmap(lambda x: (smooth_root(x), first(x), jax.grad(first)(x))))

    for x64, rtol in ((False, 1e-5), (True, 1e-13)):
        with jax.enable_x64(x64):
            found = all_three(jnp.array(x))
            for (name, values), each in zip(expected.items(), found, strict=True):
                message = f"expected {name} at {x}, x64={x64}"
                assert_allclose(each, values.astype(each.dtype), rtol, strict=True, err_msg=message)
    # `lower(...).as_text()` is the code that the compiler gets, including all called functions.
    code = jax.jit(first).lower(2.0).as_text()
    assert "stablehlo.while" in code, "expected a call of root, got code without a while loop"
    used = primitives(first, 2.0)
    message = "expected no derivative of the loop, got a scan"
    assert "scan" not in used, message


# One square root: a recorded loop, a loop that stops by itself, and derivatives without the loop.
# Next: a derivative that reverse mode loses.
