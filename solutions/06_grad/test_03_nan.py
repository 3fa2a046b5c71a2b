"""Gradients that are NaN although the value is correct: their causes, and how to fix them."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import __, counted


def fall_speed(height):
    """Return sqrt(height) where height > 0, and 0 elsewhere, for a scalar height."""
    # BEGIN PROMPT: make the derivative 0 where height <= 0
    # return jnp.where(height > 0, jnp.sqrt(height), 0.0)
    # BEGIN SOLUTION
    safe = jnp.where(height > 0, height, 1.0)
    return jnp.where(height > 0, jnp.sqrt(safe), 0.0)
    # END SOLUTION


def test_where_differentiates_both_of_its_branches():
    """jnp.where evaluates both value arguments, and its derivative passes through both.

    The unselected one contributes 0 times its derivative. If that derivative is infinite or NaN,
    the product is NaN, although the value is correct. So pass a harmless argument to a function
    such as sqrt wherever its result is not selected.
    """
    # HINT: The outer where is right. Which argument does sqrt get at height = -3?
    # HINT: Use a second where to give sqrt a positive argument where height <= 0.
    # HINT: safe = jnp.where(height > 0, height, 1.0), and then sqrt(safe) in the outer where.
    for x64, rtol in ((False, 1e-5), (True, 1e-12)):
        with jax.enable_x64(x64):
            height = jnp.array([4.0, 0.25, 1e-14, 0.0, -3.0])
            speed, derivative = [2.0, 0.5, 1e-7, 0.0, 0.0], [0.25, 1.0, 5e6, 0.0, 0.0]
            value, got = jax.jit(jax.vmap(jax.value_and_grad(fall_speed)))(height)
            message = f"value: expected sqrt(height), exact, and 0 where height <= 0; {x64=}"
            assert_allclose(value, speed, rtol=rtol, err_msg=message)
            message = "derivative: expected 1 / (2 speed), and 0 where height <= 0;"
            message += f" got {got}; {x64=}"
            assert_allclose(got, derivative, rtol=rtol, err_msg=message)
    message = "height -3.0, without jit: expected value 0 and derivative 0"
    assert_allclose(jax.value_and_grad(fall_speed)(-3.0), (0.0, 0.0), err_msg=message)


def smooth_selu(x, alpha=1.67, scale=1.05):
    """Return scale * x where x > 0, and scale * alpha * (exp(x) - 1) elsewhere."""
    # BEGIN PROMPT: make the derivative at x = 1000 finite too
    # return scale * jnp.where(x > 0, x, alpha * jnp.expm1(x))
    # BEGIN SOLUTION
    below = jnp.where(x > 0, 0.0, x)
    return scale * jnp.where(x > 0, x, alpha * jnp.expm1(below))
    # END SOLUTION


def test_an_overflow_in_the_unselected_branch_makes_the_gradient_nan(figure):
    """exp(1000) overflows to inf, in float32 and in float64.

    In the SELU of chapter 03, `where` does not select the inf, so the value is correct. The
    derivative multiplies the inf by 0, which is NaN. In float32, exp overflows from x = 89 on.
    """
    # HINT: At x = 1000, jnp.where selects x. Which argument does expm1 get?
    # HINT: Use a second where: give expm1 the argument 0 where x > 0.
    # HINT: below = jnp.where(x > 0, 0.0, x), and then expm1(below) in the outer where.
    x_values = np.array([1000.0, -1000.0, 100.0, 2.0, -2.0, 0.5, -0.5])
    below = np.exp(np.minimum(x_values, 0))
    value = 1.05 * np.where(x_values > 0, x_values, 1.67 * np.expm1(np.minimum(x_values, 0)))
    derivative = 1.05 * np.where(x_values > 0, 1.0, 1.67 * below)

    for x64, rtol in ((False, 1e-5), (True, 1e-12)):
        with jax.enable_x64(x64):
            activate = counted(lambda x: smooth_selu(x))
            compiled, x = jax.jit(activate), jnp.array(x_values)
            expected = value.astype(x.dtype)
            got = compiled(x)
            message = f"value: expected SELU of {x}, got {got}"
            assert_allclose(got, expected, rtol=rtol, strict=True, err_msg=message)
            message = f"value: expected SELU of {x[::-1]}"
            assert_allclose(compiled(x[::-1]), expected[::-1], rtol=rtol, err_msg=message)
            assert activate.count == 1, f"two calls of one shape: 1 trace, got {activate.count}"
            got = jax.jit(jax.vmap(jax.grad(smooth_selu)))(x)
            message = f"derivative: expected that of the selected branch at {x}, got {got}; {x64=}"
            assert_allclose(got, derivative, rtol=rtol, atol=1e-30, err_msg=message)
    got = jax.jit(jax.vmap(jax.grad(lambda x: smooth_selu(x, 0.5, 3.0))))(x_values[:5])
    expected = [3.0, 0.0, 3.0, 3.0, 1.5 * np.exp(-2)]
    message = "derivative with alpha=0.5 and scale=3.0"
    assert_allclose(got, expected, rtol=1e-5, atol=1e-30, err_msg=message)
    message = "x = 1000.0, without jit: expected value 1050 and derivative 1.05"
    assert_allclose(jax.value_and_grad(smooth_selu)(1000.0), (1050.0, 1.05), 1e-5, err_msg=message)

    @figure("selu", xlabel="x", ylabel=("SELU", "derivative of SELU, in float32"), panels=2)
    def draw(left, right):
        with jax.enable_x64(False):
            near, far = jnp.array(np.linspace(-5, 5, 201)), jnp.array(np.linspace(-10, 130, 561))
            unsafe = jax.grad(lambda x: 1.05 * jnp.where(x > 0, x, 1.67 * jnp.expm1(x)))
            left.plot(near, jax.vmap(smooth_selu)(near))
            right.plot(far, jax.vmap(jax.grad(smooth_selu))(far), label="two wheres")
            right.plot(far, jax.vmap(unsafe)(far), linewidth=3, label="one where: NaN from 89 on")


def test_a_where_at_one_point_can_give_a_wrong_derivative():
    """At each point, jnp.where has the derivative of the expression that it selects there.

    The other expression contributes 0, unless its derivative is infinite or NaN. If a `where`
    replaces the value at one single point with a constant, the derivative there is 0, whatever the
    function does nearby. Near 0, (exp(x) - 1) / x is 1 + x / 2 + x**2 / 6 + ...
    """

    # HINT: At 0, `patched` selects the constant 1.0. What is the derivative of a constant?
    # HINT: At 0, `series` selects 1 + x / 2.
    def growth(x, at_zero):  # the mean of exp(t) for t from 0 to x
        safe = jnp.where(x == 0, 1.0, x)
        return jnp.where(x == 0, at_zero, jnp.expm1(safe) / safe)

    def patched(x):
        return growth(x, 1.0)

    def series(x):
        return growth(x, 1 + x / 2)

    assert [patched(0.0), series(0.0)] == __([1.0, 1.0])
    # WHY: At 0 both select their `at_zero`, which is 1 + 0 / 2 for `series`.
    # IF [1.0, 1.5]: At x = 0, 1 + x / 2 is 1.
    # IF [0.0, 1.0]: At x = 0, `patched` selects the constant 1.0.
    # IF [0.0, 0.0]: At x = 0, both select `at_zero`; the quotient is not selected.
    # IF [1.0, 0.5]: At x = 0, 1 + x / 2 is 1. Its derivative is 0.5.
    assert [jax.grad(patched)(0.0), jax.grad(series)(0.0)] == __([0.0, 0.5])
    # WHY: The derivative of the constant 1.0 is 0, and that of 1 + x / 2 is 0.5.
    # IF [0.5, 0.5]: 0.5 is right for the function, but `patched` selects a constant at 0.
    # IF [0.0, 0.0]: `series` selects 1 + x / 2 at 0, which is no constant.
    # IF [1.0, 1.0]: [1.0, 1.0] are the values. This line asks for the derivatives.
    # IF [0.5, 0.0]: 0.5 is the derivative of `series`, the second of the two.
    # IF [1.0, 0.5]: 1.0 is the value of `patched` at 0. The derivative of a constant is 0.
    # IF [0.0, 1.5]: The derivative of 1 + x / 2 is 0.5; the constant 1 contributes 0.
    assert round(float(jax.grad(patched)(0.01)), 2) == __(0.5)
    # WHY: At 0.01 the quotient is selected; its derivative is near 1 / 2 + 0.01 / 3.
    # IF 0.0: 0 is the derivative at 0 only. At 0.01 `where` selects the quotient.
    # IF 1.0: 1 is about the value at 0.01, rounded. This line asks for the derivative.


def total_distance(positions):
    """Return the sum of the distances between all pairs of particles, each pair counted once.

    `positions` has shape (particles, dimensions).
    """
    gap = positions[:, None] - positions
    # BEGIN PROMPT: make the gradient finite; each particle has distance 0 from itself
    # distance = jnp.sqrt(jnp.sum(gap**2, axis=-1))
    # return jnp.sum(distance) / 2
    # BEGIN SOLUTION
    square = jnp.sum(gap**2, axis=-1)
    apart = square > 0
    distance = jnp.where(apart, jnp.sqrt(jnp.where(apart, square, 1.0)), 0.0)
    return jnp.sum(distance) / 2
    # END SOLUTION


def test_the_gradient_of_a_zero_distance_is_nan():
    """The derivative of sqrt at 0 is infinite, and that of the square inside it is 0.

    The chain rule multiplies them, so the gradient of sqrt(sum(gap**2)) is NaN where the gap is 0,
    although the value 0 is correct. jnp.linalg.norm has the same gradient.
    """
    # HINT: Where is `gap` zero? Which derivatives do sqrt and gap**2 have there?
    # HINT: The fix is the same as for fall_speed: two wheres, and a 1 for sqrt on the diagonal.
    # HINT: jnp.where(square > 0, jnp.sqrt(jnp.where(square > 0, square, 1.0)), 0.0)
    for x64, rtol in ((False, 1e-5), (True, 1e-12)):
        with jax.enable_x64(x64):
            compiled = jax.jit(jax.value_and_grad(total_distance))
            total, gradient = compiled(jnp.array([[0.0, 0.0], [3.0, 4.0], [3.0, 0.0]]))
            message = f"distances 5, 3 and 4: expected their sum, exact, each pair once; {x64=}"
            assert_allclose(total, 12.0, rtol=rtol, err_msg=message)
            expected = [[-1.6, -0.8], [0.6, 1.8], [1.0, -1.0]]
            message = f"gradient: expected the unit vectors from the others, summed; {x64=}"
            assert_allclose(gradient, expected, rtol=rtol, err_msg=message)
            total, gradient = compiled(jnp.array([[2.0], [-1.0], [5.0], [0.5]]))
            message = f"four particles on a line: expected the sum of six distances; {x64=}"
            assert_allclose(total, 19.5, rtol=rtol, err_msg=message)
            expected = [[1.0], [-3.0], [3.0], [-1.0]]
            message = f"four particles on a line: expected the summed unit vectors; {x64=}"
            assert_allclose(gradient, expected, rtol=rtol, err_msg=message)


def log_partition(energy):
    """Return log(sum(exp(-energy))) over the energy levels of a system, a scalar."""
    # BEGIN PROMPT: avoid overflow and underflow of exp, whatever the lowest energy is
    # return jnp.log(jnp.sum(jnp.exp(-energy)))
    # BEGIN SOLUTION
    lowest = jnp.min(energy)
    return jnp.log(jnp.sum(jnp.exp(lowest - energy))) - lowest
    # END SOLUTION


def test_the_log_of_a_sum_of_exponentials_need_not_overflow():
    """exp(1000) is inf and exp(-1000) is 0, but log(sum(exp(-energy))) is a moderate value.

    A factor exp(-a) can be taken out of the sum: log(sum(exp(-energy))) is
    log(sum(exp(a - energy))) - a, for every a. With the right a, no term overflows, and the
    gradient is finite too: minus the probability of each level.
    """
    # HINT: For which a is the largest term of the sum equal to 1?
    # HINT: The largest term is that of the lowest energy.
    # HINT: jnp.log(jnp.sum(jnp.exp(lowest - energy))) - lowest, with lowest = jnp.min(energy)
    gap = np.array([5000.0, 0.0, 2.0, 0.0, 0.5, 5000.0])
    weight = np.exp(-gap)

    # The energies are near 1000, so the gradient may carry their rounding.
    for x64, rtol, rtol_of_gradient in ((False, 1e-5, 1e-3), (True, 1e-12, 1e-11)):
        with jax.enable_x64(x64):
            compiled = jax.jit(jax.value_and_grad(log_partition))
            for lowest in (0.0, 1000.0, -1000.0):
                value, gradient = compiled(jnp.array(gap + lowest))
                expected = np.log(weight.sum()) - lowest
                message = f"value for lowest energy {lowest}: expected a finite number, got {value}"
                assert np.isfinite(value), message
                message = f"value for lowest energy {lowest}, {x64=}"
                assert_allclose(value, expected, rtol=rtol, err_msg=message)
                expected = -weight / weight.sum()
                message = (
                    f"gradient for lowest energy {lowest}: minus the probability of each level, "
                    f"{x64=}"
                )
                assert_allclose(
                    gradient, expected, rtol=rtol_of_gradient, atol=1e-30, err_msg=message
                )


def test_debug_nans_raises_when_a_result_is_nan():
    """Inside `with jax.debug_nans(True):`, JAX raises FloatingPointError if a result is NaN.

    It checks the output of each operation, and of each compiled function as a whole. An
    intermediate value inside a compiled function is not checked.
    """

    # HINT: The derivative of sqrt is infinite at 0 and NaN at -4; times 0, both are NaN.
    # HINT: What does unsafe_speed return at -4? Only that is checked if it is compiled.
    def unsafe_speed(height):
        return jnp.where(height > 0, jnp.sqrt(height), 0.0)

    def raising(function):
        """Return the heights at which the compiled function raises FloatingPointError."""
        heights = []
        with jax.debug_nans(True):
            compiled = jax.jit(function)
            for height in (4.0, 0.0, -4.0):
                try:
                    compiled(height)
                except FloatingPointError:
                    heights.append(height)
        return heights

    derivative = jax.grad(unsafe_speed)
    assert [height for height in (4.0, 0.0, -4.0) if jnp.isnan(derivative(height))] == __(
        [0.0, -4.0]
    )
    # WHY: The unselected sqrt contributes 0 * inf at 0 and 0 * NaN at -4; both are NaN.
    # IF [-4.0]: At 0, sqrt is not selected either, and its derivative there is infinite: 0 * inf.
    # IF [0.0]: At -4 the derivative of sqrt is NaN, and 0 * NaN is NaN.
    # IF []: `where` hides the NaN from the value, not from the derivative.
    # IF [4.0, 0.0, -4.0]: At 4 the derivative is 1 / (2 * 2).
    assert raising(unsafe_speed) == __([])
    # WHY: The outputs are 2, 0 and 0; the NaN of sqrt(-4) is only an intermediate value.
    # IF [-4.0]: sqrt(-4) is NaN, but the compiled function returns 0 there.
    # IF [0.0, -4.0]: Those are the points where the derivative is NaN. The value is 0 at both.
    assert raising(derivative) == __([0.0, -4.0])
    # WHY: Here the output itself is NaN at 0 and at -4.
    # IF [-4.0]: At 0 the derivative is 0 * inf, which is NaN.
    # IF []: The output of the compiled derivative is NaN at 0 and at -4.
    # IF [0.0]: At -4 the derivative is 0 * NaN, which is NaN.


# Next: gradient descent, and derivatives that are 0 almost everywhere.
