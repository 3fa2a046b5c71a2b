"""All patches of an image: from two loops to two vmaps, and then without a patch at all."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from numpy.testing import assert_allclose

from jax_koans import __, equations, largest, primitives


def over_patches(measure, image, size):
    """measure(patch) for each patch of size x size pixels that lies inside the image.

    Entry [i, j] of the answer is for the patch whose first pixel is image[i, j].
    """
    rows, columns = image.shape[0] - size + 1, image.shape[1] - size + 1

    # BEGIN PROMPT: think of one patch, and leave both loops to vmap
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
    """A photograph has millions of patches, and two loops write each of them into the program. Yet
    they differ in two numbers only: where the patch begins.
    """
    # HINT: Write a function of i and j that measures the one patch there. Under vmap both are
    #   tracers, so a slice image[i : i + size] has no known length.
    # HINT: lax.dynamic_slice(image, (i, j), (size, size)) is that patch.
    # HINT: jnp.arange(rows) and jnp.arange(columns) go through two vmaps: in_axes=(None, 0) inside,
    #   (0, None) outside.
    pixels = np.sin(np.arange(35.0) ** 2).reshape(5, 7)
    image, seen = jnp.array(pixels), []

    def contrast(patch):
        seen.append(patch.shape)
        return jnp.max(patch) - patch[0, 1]

    for size in (2, 3):
        patches = np.lib.stride_tricks.sliding_window_view(pixels, (size, size))
        seen.clear()
        found = jax.jit(lambda image, n=size: over_patches(contrast, image, n))(image)
        law = patches.max((2, 3)) - patches[:, :, 0, 1]
        message = f"the contrast of each patch of {size} x {size}"
        assert_allclose(found, law, rtol=1e-4, atol=1e-5, err_msg=message)
        assert seen == [(size, size)], f"Python saw {len(seen)} patches: {seen[:3]}; one will do"

    def program(image):
        return over_patches(jnp.sum, image, 2)

    sums = jax.jit(program)(image[:3])
    law = np.lib.stride_tricks.sliding_window_view(pixels[:3], (2, 2)).sum((2, 3))
    assert_allclose(sums, law, rtol=1e-4, atol=1e-5, err_msg="another measure: the sum")
    small, large = equations(program, image[:3, :4]), equations(program, image)
    assert small == large, f"6 patches make {small} equations, 24 make {large}: a loop in Python"
    used = primitives(program, image)
    assert not used & {"scan", "while"}, "a compiled loop takes one patch after the other"


def patch_sums(image, size):
    """The sum of each patch: over_patches(jnp.sum, image, size), without any patch.

    Neither the program nor its arrays grow with `size`.
    """
    # BEGIN PROMPT: from running totals along both axes
    # BEGIN SOLUTION
    total = jnp.cumsum(jnp.cumsum(jnp.pad(image, ((1, 0), (1, 0))), axis=0), axis=1)
    low = total[size:] - total[:-size]
    return low[:, size:] - low[:, :-size]
    # END SOLUTION


def test_cumulative_sums_replace_the_patches():
    """vmap is fast, and still adds each pixel up in size * size patches, all in memory at once.

    Think the problem anew: the sum of some numbers in a row is a difference of two running totals,
    the one at their end and the one before them. (On a large image in float32 the difference of two
    large totals has few digits left: then take the differences along the first axis before you
    total along the second.)
    """
    # HINT: In one dimension: jnp.cumsum of the numbers, with a 0 in front; then t[n:] - t[:-n].
    # HINT: The same for the rows, and then for the columns of what comes out.
    # HINT: jnp.pad(image, ((1, 0), (1, 0))) puts the zeros in front, on both axes.
    pixels = np.sin(np.arange(54.0) ** 2).reshape(6, 9)
    image = jnp.array(pixels)

    for size in (1, 2, 6):
        found = jax.jit(lambda image, n=size: patch_sums(image, n))(image)
        law = np.lib.stride_tricks.sliding_window_view(pixels, (size, size)).sum((2, 3))
        assert found.shape == law.shape, f"size {size}: {law.shape} patches, not {found.shape}"
        assert_allclose(found, law, rtol=1e-4, atol=1e-4, err_msg=f"patches of {size} x {size}")
    photograph = np.ones((40, 50), dtype=np.float32)
    few, many = (largest(lambda image, n=n: patch_sums(image, n), photograph) for n in (2, 9))
    message = f"an array of {many} numbers, for an image of {photograph.size}: are those patches?"
    assert max(few, many) < 2 * photograph.size, message
    few, many = (equations(lambda image, n=n: patch_sums(image, n), photograph) for n in (2, 9))
    assert few == many, f"size 2 makes {few} equations, size 9 makes {many}: a loop over the patch"


def test_a_gradient_counts_the_patches_that_contain_a_pixel():
    """Add up all patch sums: by how much does the total grow with one pixel? By one for each patch
    that it lies in. Nobody has to count, and no patch has to be there: it is the gradient.
    """

    # HINT: On 3 x 3 pixels there are four patches of 2 x 2. Which of them hold a corner?
    # HINT: A corner lies in one, the middle of an edge in two, the centre in all four.
    # HINT: Where each patch counts by its square, the slope is 2 times the patch's sum: 2 * 4 ones.
    def total(image):
        return jnp.sum(patch_sums(image, 2))

    def squares(image):
        return jnp.sum(patch_sums(image, 2) ** 2)

    image = jnp.ones((3, 3))

    assert jax.jit(jax.grad(total))(image).tolist() == __([[1, 2, 1], [2, 4, 2], [1, 2, 1]])
    assert jax.jit(jax.grad(squares))(image)[0].tolist() == __([8, 16, 8])


# First the natural code, then one patch and vmap, then no patch: the last step is a thought.
# Next: a picture in which every pixel wants its own number of turns.
