"""Linear algebra: matrices that are singular, stacked, or have equal eigenvalues."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from jax_koans import __, counted


def test_a_singular_matrix_does_not_raise():
    """For a singular matrix, NumPy raises LinAlgError; jnp.linalg silently returns inf or NaN.

    Which elements are inf or NaN may depend on rounding and on the device. Rounding may also hide
    that a matrix is singular: then the result is finite, and very large. So test results with
    `jnp.isfinite(x)`: it is True for each element that is neither inf nor NaN.
    """
    # HINT: A matrix is singular if one row is a multiple of another.
    # HINT: Each matrix of a batch is solved, inverted or factored by itself.
    # HINT: The Cholesky factor exists if all eigenvalues are positive: those of [[1, 2], [2, 1]]
    #   are 3 and -1.
    regular, singular = [[2.0, 0.0], [0.0, 4.0]], [[1.0, 2.0], [2.0, 4.0]]
    indefinite, load = [[1.0, 2.0], [2.0, 1.0]], jnp.array([1.0, 1.0])
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.inv(np.array([regular, singular]))

    solutions = jnp.linalg.solve(jnp.array([regular, singular]), load)  # a row per matrix
    assert jnp.all(jnp.isfinite(solutions), axis=1).tolist() == __([True, False])
    # WHY: solve divides by zero for the singular matrix. The other solution is not affected.
    # IF [True, True]: For a singular matrix solve returns inf or NaN, which are not finite.
    # IF [False, False]: Each matrix is solved by itself, so the regular one has a solution.
    # IF [False, True]: In this batch the regular matrix comes first.
    inverses = jnp.linalg.inv(jnp.array([singular, regular]))
    assert jnp.all(jnp.isfinite(inverses), axis=(1, 2)).tolist() == __([False, True])
    # WHY: The first matrix is the singular one here. Its inverse has elements inf or NaN.
    # IF [True, False]: In this batch the singular matrix comes first.
    # IF [True, True]: A singular matrix has no inverse, and inv returns inf or NaN for it.
    # IF [False, False]: Each matrix is inverted by itself, so the regular one has an inverse.
    factors = jnp.linalg.cholesky(jnp.array([indefinite, regular]))
    assert jnp.all(jnp.isfinite(factors), axis=(1, 2)).tolist() == __([False, True])
    # WHY: `indefinite` has the eigenvalues 3 and -1. cholesky needs positive ones, and returns NaN.
    # IF [True, True]: `indefinite` is regular, but cholesky needs positive eigenvalues, too.
    # IF [True, False]: In this batch the indefinite matrix comes first.


def displacement_or_zero(stiffness, load):
    """Return the s with stiffness @ s = load, or zeros if any element of s is inf or NaN.

    `stiffness` has the shape (n, n), and `load` and the result (n,).
    """
    # BEGIN PROMPT: nothing is raised here; test the result instead
    # try:
    #     return jnp.linalg.solve(stiffness, load)
    # except np.linalg.LinAlgError:
    #     return jnp.zeros_like(load)
    # BEGIN SOLUTION
    solution = jnp.linalg.solve(stiffness, load)
    return jnp.where(jnp.all(jnp.isfinite(solution)), solution, 0.0)
    # END SOLUTION


def test_a_failed_solve_is_replaced_after_a_test_of_its_result():
    """jnp.linalg raises nothing for a singular matrix, so `try` does not detect the failure.

    Test the result with array operations, so that the test works under jit and vmap, and choose
    with `jnp.where`. If any element is inf or NaN, the whole solution is worthless.
    """
    # HINT: Print what jnp.linalg.solve returns for a singular matrix.
    # HINT: jnp.isfinite(solution) has one element per joint. jnp.all reduces it to a scalar.
    # HINT: jnp.where(jnp.all(jnp.isfinite(solution)), solution, 0.0)
    frames = {
        "a regular frame": [[4.0, 1.0], [1.0, 3.0]],
        "a loose joint": [[0.0, 0.0], [0.0, 1.0]],
        "no stiffness": [[0.0, 0.0], [0.0, 0.0]],
        "two dependent rows": [[1.0, 2.0], [2.0, 4.0]],
        "a diagonal frame": [[2.0, 0.0], [0.0, -5.0]],
    }
    solvable = ("a regular frame", "a diagonal frame")
    for x64, rtol in ((False, 1e-5), (True, 1e-12)):
        with jax.enable_x64(x64):
            traced = counted(lambda stiffness, load: displacement_or_zero(stiffness, load))
            compiled = jax.jit(jax.vmap(traced, in_axes=(0, None)))
            for load in ([2.0, -5.0], [0.0, 3.0]):
                found = compiled(jnp.array(list(frames.values())), jnp.array(load))
                assert found.shape == (5, 2), f"5 frames: expected shape (5, 2), got {found.shape}"
                for (name, frame), each in zip(frames.items(), found, strict=True):
                    solution = np.linalg.solve(frame, load) if name in solvable else np.zeros(2)
                    message = f"{name}, load {load}, x64={x64}: expected the solution, or zeros"
                    message += " if it is not finite"
                    assert_allclose(each, solution, rtol=rtol, err_msg=message)
            assert traced.count == 1, f"expected 1 trace, got {traced.count}"


def occupied_energy(hamiltonian, occupied):
    """Return the sum of the lowest eigenvalues of a symmetric matrix; `occupied` is how many."""
    # BEGIN PROMPT: compute it without the eigenvectors
    # _, vectors = jnp.linalg.eigh(hamiltonian)
    # lowest = vectors[:, :occupied]
    # return jnp.trace(lowest.T @ hamiltonian @ lowest)
    # BEGIN SOLUTION
    return jnp.sum(jnp.linalg.eigvalsh(hamiltonian)[:occupied])
    # END SOLUTION


def test_the_sum_of_equal_eigenvalues_has_a_derivative():
    """Eigenvectors of equal eigenvalues have no derivative: JAX returns NaN or useless values.

    Any rotation of such eigenvectors gives eigenvectors again. The sum of the equal eigenvalues
    does not depend on that choice, and has a derivative. So do not differentiate eigenvectors where
    eigenvalues are enough.
    """
    # HINT: jnp.linalg.eigh(a) returns the eigenvalues in ascending order, and the eigenvectors.
    # HINT: Which of the two does the sum need? jnp.linalg.eigvalsh returns only the eigenvalues.
    # HINT: jnp.sum(jnp.linalg.eigvalsh(hamiltonian)[:occupied])
    equal = np.diag([2.0, 1.0, 1.0])
    different = np.array([[2.0, 0.5, 0.0], [0.5, -1.0, 0.25], [0.0, 0.25, 1.0]])
    cases = [("equal levels", equal, 2), ("different levels", different, 1)]
    cases += [("different levels", different, 2), ("all levels", equal, 3)]
    for x64, rtol in ((False, 1e-4), (True, 1e-10)):
        with jax.enable_x64(x64):
            for name, matrix, occupied in cases:
                levels, vectors = np.linalg.eigh(matrix)
                lowest = vectors[:, :occupied]
                energy = jax.jit(jax.value_and_grad(lambda h, n=occupied: occupied_energy(h, n)))
                value, gradient = energy(jnp.array(matrix))
                case = f"{name}, {occupied} occupied, x64={x64}"
                message = f"{case}: expected the sum of the lowest eigenvalues"
                assert_allclose(value, levels[:occupied].sum(), rtol=rtol, err_msg=message)
                message = f"{case}: expected the derivative of the sum, without NaN"
                projector = lowest @ lowest.T  # what first-order perturbation theory says
                assert_allclose(gradient, projector, rtol=rtol, atol=rtol, err_msg=message)


def test_solve_takes_a_right_hand_side_of_two_axes_as_a_matrix():
    """`jnp.linalg.solve(a, b)` takes b as a vector only if b has one axis, as NumPy 2 does.

    Otherwise the last two axes of b are a matrix, one system per column. The axes before them are
    batch axes, which broadcast. For one vector per matrix, map `solve` with vmap.
    """
    # HINT: Which axes are a matrix, and which are the batch? The batch axes of a and b broadcast.
    # HINT: vmap removes the first axis of both arguments, so that `solve` gets a vector.
    # HINT: In the last line b is one 3 x 3 matrix, the right-hand side for each of the 3 matrices.
    identity = jnp.eye(3)
    four, three = jnp.stack([identity] * 4), jnp.stack([identity] * 3)

    assert jnp.linalg.solve(four, jnp.ones(3)).shape == __((4, 3))
    # WHY: b has one axis, so it is one vector of 3. There is one solution per matrix.
    # IF (3,): The four matrices are a batch, so there are four solutions.
    # IF (4, 3, 1): A b of one axis is a vector, and the solutions are vectors.
    assert jnp.linalg.solve(four, jnp.ones((4, 3, 1))).shape == __((4, 3, 1))
    # WHY: b is a batch of four 3 x 1 matrices, and the solutions have the same shape.
    # IF (4, 3): The axis of the one column is kept.
    # IF (4, 3, 3): Each b has one column, and so has its solution.
    assert jax.vmap(jnp.linalg.solve)(four, jnp.ones((4, 3))).shape == __((4, 3))
    # WHY: Under vmap each call gets one matrix and one vector, and returns a vector of 3.
    # IF (4, 3, 3): Under vmap each b has one axis, so it is a vector and not a matrix.
    # IF (4, 3, 1): Under vmap each b has the shape (3,), and so has its solution.
    assert jnp.linalg.solve(three, jnp.ones((3, 3))).shape == __((3, 3, 3))
    # WHY: b has two axes, so it is one matrix with three columns. Each of the three matrices is
    #   solved for all of them.
    # IF (3, 3): b is not one vector per matrix: with two axes it is a matrix of three columns.
    # IF (3, 3, 1): b has three columns here, not one.


# jnp.linalg returns inf or NaN where it fails, and derivatives of eigenvectors can be NaN.
# Next: chapter 08, random numbers that can be repeated.
