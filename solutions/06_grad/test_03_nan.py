"""The value is right and the derivative NaN, not a number: where that comes from, and its mend."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from jax_koans import __, counted


def fall_speed(height):
    """sqrt(height) above the ground, 0 on it and below, for one number."""
    # BEGIN PROMPT: a derivative that is finite on the ground and below
    # return jnp.where(height > 0, jnp.sqrt(height), 0.0)
    # BEGIN SOLUTION
    safe = jnp.where(height > 0, height, 1.0)
    return jnp.where(height > 0, jnp.sqrt(safe), 0.0)
    # END SOLUTION


def test_where_differentiates_both_of_its_branches():
    """where computes both sides, so grad differentiates both. The side not chosen counts 0 times
    its slope; and 0 times infinite, or 0 times NaN, is NaN.

    The mend is made before the sqrt: where its result is not wanted, give it a harmless argument,
    by a `where` of its own.
    """
    # HINT: The outer where is right. What does sqrt see at height = -3?
    # HINT: The inner where: the height itself where it is above 0, and elsewhere a 1.
    # HINT: safe = jnp.where(height > 0, height, 1.0), and then sqrt(safe) in the where.
    for x64, rtol in ((False, 1e-5), (True, 1e-12)):
        with jax.enable_x64(x64):
            height = jnp.array([4.0, 0.25, 1e-14, 0.0, -3.0])
            speed, slope = [2.0, 0.5, 1e-7, 0.0, 0.0], [0.25, 1.0, 5e6, 0.0, 0.0]
            found, tangent = jax.jit(jax.vmap(jax.value_and_grad(fall_speed)))(height)
            message = f"the speed itself, exact above the ground, 0 on it and below, x64={x64}"
            assert_allclose(found, speed, rtol=rtol, err_msg=message)
            message = f"the derivative, 1 / (2 speed) above, 0 on the ground and below, x64={x64}"
            assert_allclose(tangent, slope, rtol=rtol, err_msg=message)
    assert_allclose(jax.value_and_grad(fall_speed)(-3.0), (0.0, 0.0), err_msg="without jit")


def smooth_selu(x, alpha=1.67, scale=1.05):
    """scale * x above zero, scale * alpha * (e^x - 1) below; the derivative is finite."""
    # BEGIN PROMPT: the SELU of chapter 03 is right; its derivative at 1000 is not
    # return scale * jnp.where(x > 0, x, alpha * jnp.expm1(x))
    # BEGIN SOLUTION
    below = jnp.where(x > 0, 0.0, x)
    return scale * jnp.where(x > 0, x, alpha * jnp.expm1(below))
    # END SOLUTION


def test_an_overflow_in_the_unselected_branch_makes_the_gradient_nan(figure):
    """e^1000 is infinite in both precisions. where drops it from the value, and the reverse pass
    multiplies it by 0. In float32 the trouble begins at 89, far from any warning.
    """
    # HINT: At x = 1000 the line x is chosen. Which number does expm1 get all the same?
    # HINT: Two wheres again: where x > 0, give expm1 a 0.
    # HINT: below = jnp.where(x > 0, 0.0, x), and then expm1(below) in the where.
    place = np.array([1000.0, -1000.0, 100.0, 2.0, -2.0, 0.5, -0.5])
    value = 1.05 * np.where(place > 0, place, 1.67 * np.expm1(np.minimum(place, 0)))
    slope = 1.05 * np.where(place > 0, 1.0, 1.67 * np.exp(np.minimum(place, 0)))

    for x64, rtol in ((False, 1e-5), (True, 1e-12)):
        with jax.enable_x64(x64):
            activate = counted(lambda x: smooth_selu(x))
            compiled, x = jax.jit(activate), jnp.array(place)
            wanted = value.astype(x.dtype)
            message = f"the value itself, SELU of {x}"
            assert_allclose(compiled(x), wanted, rtol=rtol, strict=True, err_msg=message)
            assert_allclose(compiled(x[::-1]), wanted[::-1], rtol=rtol, err_msg="reversed")
            assert activate.count == 1, f"{activate.count} traces: one serves all values"
            tangent = jax.jit(jax.vmap(jax.grad(smooth_selu)))(x)
            message = f"the derivative of the side that is chosen, at {x}, x64={x64}"
            assert_allclose(tangent, slope, rtol=rtol, atol=1e-30, err_msg=message)
    other = jax.jit(jax.vmap(jax.grad(lambda x: smooth_selu(x, 0.5, 3.0))))(place[:5])
    law = [3.0, 0.0, 3.0, 3.0, 1.5 * np.exp(-2)]
    assert_allclose(other, law, rtol=1e-5, atol=1e-30, err_msg="with alpha 0.5 and scale 3")
    far = jax.value_and_grad(smooth_selu)(1000.0)
    assert_allclose(far, (1050.0, 1.05), rtol=1e-5, err_msg="one number, without jit")

    @figure("selu", xlabel="x", ylabel=("SELU", "derivative of SELU, in float32"), panels=2)
    def draw(left, right):
        with jax.enable_x64(False):
            near, far = jnp.array(np.linspace(-5, 5, 201)), jnp.array(np.linspace(-10, 130, 561))
            unsafe = jax.grad(lambda x: 1.05 * jnp.where(x > 0, x, 1.67 * jnp.expm1(x)))
            left.plot(near, jax.vmap(smooth_selu)(near))
            right.plot(far, jax.vmap(jax.grad(smooth_selu))(far), label="two wheres")
            right.plot(far, jax.vmap(unsafe)(far), linewidth=3, label="one where: NaN from 89 on")


def test_a_where_at_one_point_can_give_a_wrong_derivative():
    """grad differentiates the side that is chosen, at the point itself, and looks at no neighbour:
    a constant has slope 0. The true function here is 1 + x / 2 + x^2 / 6 + ... near 0.
    """

    # HINT: At 0 `patched` chooses 1.0. What is the slope of a constant?
    # HINT: The true slope at 0 is that of 1 + x / 2, and so is the one of `series` there.
    # HINT: Both give 1.0 at 0, but the slopes are 0.0 and 0.5.
    def growth(x, at_zero):  # the mean of e^t for t from 0 to x
        safe = jnp.where(x == 0, 1.0, x)
        return jnp.where(x == 0, at_zero, jnp.expm1(safe) / safe)

    def patched(x):
        return growth(x, 1.0)

    def series(x):
        return growth(x, 1 + x / 2)

    assert [patched(0.0), series(0.0)] == __([1.0, 1.0])
    assert [jax.grad(patched)(0.0), jax.grad(series)(0.0)] == __([0.0, 0.5])
    assert round(float(jax.grad(patched)(0.01)), 2) == __(0.5)


def total_distance(places):
    """The sum of the distances over all pairs of particles, each pair once."""
    gap = places[:, None] - places
    # BEGIN PROMPT: a finite gradient, under jit too; each particle is at distance 0 from itself
    # distance = jnp.sqrt(jnp.sum(gap**2, axis=-1))
    # return jnp.sum(distance) / 2
    # BEGIN SOLUTION
    square = jnp.sum(gap**2, axis=-1)
    apart = square > 0
    distance = jnp.where(apart, jnp.sqrt(jnp.where(apart, square, 1.0)), 0.0)
    return jnp.sum(distance) / 2
    # END SOLUTION


def test_the_gradient_of_a_zero_distance_is_nan():
    """sqrt is steep without limit at 0. The value sqrt(0) = 0 is right, and nobody looks twice.

    The gradient is known: for each particle, a unit vector from each of the others, added up.
    """
    # HINT: On the diagonal `gap` is zero. What is the slope of sqrt at 0, and the one of gap**2?
    # HINT: No where is to be seen, but the mend is the same two: let sqrt see a 1 on the diagonal.
    # HINT: jnp.where(square > 0, jnp.sqrt(jnp.where(square > 0, square, 1.0)), 0.0)
    for x64, rtol in ((False, 1e-5), (True, 1e-12)):
        with jax.enable_x64(x64):
            compiled = jax.jit(jax.value_and_grad(total_distance))
            total, slope = compiled(jnp.array([[0.0, 0.0], [3.0, 4.0], [3.0, 0.0]]))
            message = f"three particles, at distances 5, 3 and 4: each pair once, x64={x64}"
            assert_allclose(total, 12.0, rtol=rtol, err_msg=message)
            law = [[-1.6, -0.8], [0.6, 1.8], [1.0, -1.0]]
            message = f"the unit vectors from the others, and none from oneself, x64={x64}"
            assert_allclose(slope, law, rtol=rtol, err_msg=message)
            total, slope = compiled(jnp.array([[2.0], [-1.0], [5.0], [0.5]]))
            assert_allclose(total, 19.5, rtol=rtol, err_msg=f"four on a line, x64={x64}")
            law = [[1.0], [-3.0], [3.0], [-1.0]]
            message = f"those to the left, less those to the right, x64={x64}"
            assert_allclose(slope, law, rtol=rtol, err_msg=message)


def log_partition(energy):
    """The logarithm of the sum of exp(-energy), over all levels of a system."""
    # BEGIN PROMPT: the same number, also where exp is infinite or 0 for every level
    # return jnp.log(jnp.sum(jnp.exp(-energy)))
    # BEGIN SOLUTION
    lowest = jnp.min(energy)
    return jnp.log(jnp.sum(jnp.exp(lowest - energy))) - lowest
    # END SOLUTION


def test_the_log_of_a_sum_of_exponentials_need_not_overflow():
    """exp(1000) is infinite and exp(-1000) is 0, in both precisions, yet the logarithm of the sum
    is a tame number. Its gradient is minus the probability of each level.
    """
    # HINT: exp(a - b) = exp(a) / exp(b): a factor can be taken out of the sum.
    # HINT: Take out the largest exponential, that of the lowest energy. Then one term is 1.
    # HINT: jnp.log(jnp.sum(jnp.exp(lowest - energy))) - lowest, with lowest = jnp.min(energy)
    gap = np.array([5000.0, 0.0, 2.0, 0.0, 0.5, 5000.0])
    weight = np.exp(-gap)

    # A gradient may be made of numbers near 1000, and has their rounding then.
    for x64, rtol, of_slope in ((False, 1e-5, 1e-3), (True, 1e-12, 1e-11)):
        with jax.enable_x64(x64):
            compiled = jax.jit(jax.value_and_grad(log_partition))
            for ground in (0.0, 1000.0, -1000.0):
                where = f"lowest level {ground}, x64={x64}"
                value, slope = compiled(jnp.array(gap + ground))
                law = np.log(weight.sum()) - ground
                message = f"value, also where each exponential overflows or is 0: {where}"
                assert_allclose(value, law, rtol=rtol, err_msg=message)
                law = -weight / weight.sum()
                message = f"gradient, minus the probability of each level: {where}"
                assert_allclose(slope, law, rtol=of_slope, atol=1e-30, err_msg=message)


def test_debug_nans_raises_when_a_result_is_nan():
    """A NaN spreads in silence. Inside `with jax.debug_nans(True):` JAX looks at each result of a
    compiled function and raises at a NaN. Compile anew for it: what has run before may slip by.

    The class of that error is Python's own, for calculations with floating-point numbers.
    """

    # HINT: The slope at -4 is 0 times the NaN of sqrt. Python writes such a float as "nan".
    # HINT: debug_nans looks at what comes out of the compiled function: is there a NaN in it?
    # HINT: Python's ArithmeticError comes in three kinds: OverflowError, ZeroDivisionError and
    #   FloatingPointError.
    def unsafe_speed(height):
        return jnp.where(height > 0, jnp.sqrt(height), 0.0)

    assert str(jax.grad(unsafe_speed)(-4.0)) == __("nan")

    with jax.debug_nans(True):
        slope = jax.jit(jax.grad(unsafe_speed))
        assert slope(4.0) == __(0.25)
        with pytest.raises(Exception) as met:
            slope(-4.0)
        assert met.type is __(FloatingPointError)


# You can find a NaN in a derivative, and mend it where it is made.
# Next: derivatives at work, and derivatives that are wrong without being NaN.
