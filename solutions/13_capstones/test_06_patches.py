"""All patches of an image: two loops, then two vmaps, and then no patches at all."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, equations, largest, primitives


def over_patches(measure, image, size):
    """Return measure(patch) for each patch of size x size pixels that lies inside the image.

    Element [i, j] belongs to the patch whose first pixel is image[i, j]; `size` is a Python int.
    """
    rows, columns = image.shape[0] - size + 1, image.shape[1] - size + 1

    # BEGIN PROMPT: replace both loops with vmap over a function of one patch
    # table = []
    # for i in range(rows):
    #     row = [measure(image[i : i + size, j : j + size]) for j in range(columns)]
    #     table.append(jnp.stack(row))
    # return jnp.stack(table)
    # BEGIN SOLUTION
    def at(i, j):
        return measure(lax.dynamic_slice(image, (i, j), (size, size)))

    row = jax.vmap(at, in_axes=(None, 0))
    return jax.vmap(row, in_axes=(0, None))(jnp.arange(rows), jnp.arange(columns))
    # END SOLUTION


def test_two_vmaps_replace_two_loops_over_an_image():
    """Two Python loops record every patch of an image in the jaxpr; there may be millions of them.

    The patches differ only in the indices i and j of their first pixel. So write a function of i
    and j, and map it. Under vmap i and j are tracers, so the patch needs `lax.dynamic_slice`.
    """
    # HINT: A slice image[i : i + size] with a tracer i has no known length.
    # HINT: lax.dynamic_slice(image, (i, j), (size, size)) is the patch.
    # HINT: Map over jnp.arange(rows) and jnp.arange(columns): in_axes=(None, 0) in the inner vmap,
    #   (0, None) in the outer one.
    pixels = np.sin(np.arange(35.0) ** 2).reshape(5, 7)
    image, seen = jnp.array(pixels), []

    def contrast(patch):
        seen.append(patch.shape)
        return jnp.max(patch) - patch[0, 1]

    for size in (2, 3):
        patches = np.lib.stride_tricks.sliding_window_view(pixels, (size, size))
        seen.clear()
        found = jax.jit(lambda image, n=size: over_patches(contrast, image, n))(image)
        expected = (patches.max((2, 3)) - patches[:, :, 0, 1]).astype(image.dtype)
        case = f"patches of {size} x {size}"
        message = f"{case}: expected the contrast of each, in rows and columns"
        assert_allclose(found, expected, rtol=1e-4, atol=1e-5, strict=True, err_msg=message)
        message = (
            f"{case}: expected 1 trace of the measure, with one patch, got {len(seen)}: {seen[:3]}"
        )
        assert seen == [(size, size)], message

    def sums(image):
        return over_patches(jnp.sum, image, 2)

    found = jax.jit(sums)(image[:3])
    expected = np.lib.stride_tricks.sliding_window_view(pixels[:3], (2, 2)).sum((2, 3))
    message = "another measure and another image: expected the sums"
    assert_allclose(found, expected, rtol=1e-4, atol=1e-5, err_msg=message)
    small, large = equations(sums, image[:3, :4]), equations(sums, image)
    message = f"expected equal equation counts for 6 and 24 patches, got {small} and {large}"
    assert small == large, f"{message}: a Python loop is unrolled"
    used = primitives(sums, image)
    message = "expected all patches in one batch, got a compiled loop"
    assert not used & {"scan", "while"}, f"{message}: {sorted(used)}"


def patch_sums(image, size):
    """Return the sum of each patch of size x size pixels, as over_patches(jnp.sum, image, size).

    Neither the number of equations nor the largest array grows with `size`.
    """
    # BEGIN PROMPT: use cumulative sums along both axes in place of patches
    # BEGIN SOLUTION
    total = jnp.cumsum(jnp.cumsum(jnp.pad(image, ((1, 0), (1, 0))), axis=0), axis=1)
    strips = total[size:] - total[:-size]
    return strips[:, size:] - strips[:, :-size]
    # END SOLUTION


def test_cumulative_sums_replace_the_patches():
    """With vmap all patches are one large array, and each pixel is in up to size * size of them.

    No patch is needed: sum(x[i:j]) is sum(x[:j]) - sum(x[:i]), a difference of cumulative sums.
    Differences of large sums lose digits. So for a large float32 image, take the differences along
    one axis before you sum along the other.
    """
    # HINT: In one dimension: put a 0 in front, total = jnp.cumsum(...), total[n:] - total[:-n].
    # HINT: Do the same along the rows, and then along the columns of the result.
    # HINT: jnp.pad(image, ((1, 0), (1, 0))) puts the zeros in front, along both axes.
    pixels = np.sin(np.arange(54.0) ** 2).reshape(6, 9)
    image = jnp.array(pixels)

    for size in (1, 2, 6):
        found = jax.jit(lambda image, n=size: patch_sums(image, n))(image)
        expected = np.lib.stride_tricks.sliding_window_view(pixels, (size, size)).sum((2, 3))
        case = f"patches of {size} x {size}"
        message = f"{case}: expected shape {expected.shape}, got {found.shape}"
        assert found.shape == expected.shape, message
        message = f"{case}: expected the sum of each"
        assert_allclose(found, expected, rtol=1e-4, atol=1e-4, err_msg=message)
    photograph = np.ones((40, 50), dtype=np.float32)
    few, many = (largest(lambda image, n=n: patch_sums(image, n), photograph) for n in (2, 9))
    message = f"an image of {photograph.size} pixels: expected no array that holds all patches, got"
    assert max(few, many) < 2 * photograph.size, f"{message} {max(few, many)} elements"
    few, many = (equations(lambda image, n=n: patch_sums(image, n), photograph) for n in (2, 9))
    message = f"expected equal equation counts for size 2 and 9, got {few} and {many}"
    assert few == many, f"{message}: a Python loop is unrolled"


def test_a_gradient_counts_the_patches_that_contain_a_pixel():
    """The gradient of the total of all patch sums is the number of patches that contain each pixel.

    If a pixel grows by 1, every patch that contains it grows by 1. So reverse mode computes the
    counts, without a patch in memory.
    """

    # HINT: An image of 3 x 3 pixels has four patches of 2 x 2. Which of them contain a corner?
    # HINT: A corner is in one, the middle of an edge in two, the center in all four.
    # HINT: The derivative of a squared patch sum is twice the sum, and each sum of 2 x 2 ones is 4.
    def total(image):
        return jnp.sum(patch_sums(image, 2))

    def squares(image):
        return jnp.sum(patch_sums(image, 2) ** 2)

    image = jnp.ones((3, 3))

    assert jax.jit(jax.grad(total))(image).tolist() == __([[1, 2, 1], [2, 4, 2], [1, 2, 1]])
    # WHY: A corner lies in one of four patches, the middle of an edge in two, the center in all.
    # IF [[1, 1, 1], [1, 1, 1], [1, 1, 1]]: Each pixel counts once per patch that contains it.
    # IF [[4, 4], [4, 4]]: These are the patch sums. The gradient has the shape of the image.
    # IF [[4, 4, 4], [4, 4, 4], [4, 4, 4]]: Only the center lies in all four patches.
    # IF [[1, 1, 1], [1, 4, 1], [1, 1, 1]]: The middle of an edge lies in two patches.
    assert jax.jit(jax.grad(squares))(image)[0].tolist() == __([8, 16, 8])
    # WHY: Each patch contributes twice its sum, 2 * 4, to the derivative of its pixels. The pixels
    #   of the first row lie in 1, 2 and 1 patches.
    # IF [4, 8, 4]: The derivative of a square s^2 is 2 s, which is 8 for s = 4.
    # IF [16, 32, 16]: 16 is the square of a patch sum. Its derivative is 2 * 4.
    # IF [1, 2, 1]: These are the numbers of patches. Each is multiplied by 2 * 4 here.
    # IF [2, 4, 2]: The derivative of s^2 is 2 s, and each patch sum s is 4.


# First two loops, then one patch and vmap, then no patches: the last step came from mathematics.
# Next: a picture in which every pixel needs its own number of iterations.
