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
    regular, singular = [[2.0, 0.0], [0.0, 4.0]], [[1.0, 2.0], [2.0, 4.0]]
    indefinite, load = [[1.0, 2.0], [2.0, 1.0]], jnp.array([1.0, 1.0])
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.inv(np.array([regular, singular]))

    solutions = jnp.linalg.solve(jnp.array([regular, singular]), load)  # a row per matrix
    assert jnp.all(jnp.isfinite(solutions), axis=1).tolist() == __
    inverses = jnp.linalg.inv(jnp.array([singular, regular]))
    assert jnp.all(jnp.isfinite(inverses), axis=(1, 2)).tolist() == __
    factors = jnp.linalg.cholesky(jnp.array([indefinite, regular]))
    assert jnp.all(jnp.isfinite(factors), axis=(1, 2)).tolist() == __


def displacement_or_zero(stiffness, load):
    """Return the s with stiffness @ s = load, or zeros if any element of s is inf or NaN.

    `stiffness` has the shape (n, n), and `load` and the result (n,).
    """
    # TODO: nothing is raised here; test the result instead
    try:
        return jnp.linalg.solve(stiffness, load)
    except np.linalg.LinAlgError:
        return jnp.zeros_like(load)


def test_a_failed_solve_is_replaced_after_a_test_of_its_result():
    """jnp.linalg raises nothing for a singular matrix, so `try` does not detect the failure.

    Test the result with array operations, so that the test works under jit and vmap, and choose
    with `jnp.where`. If any element is inf or NaN, the whole solution is worthless.
    """
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
    # TODO: compute it without the eigenvectors
    _, vectors = jnp.linalg.eigh(hamiltonian)
    lowest = vectors[:, :occupied]
    return jnp.trace(lowest.T @ hamiltonian @ lowest)


def test_the_sum_of_equal_eigenvalues_has_a_derivative():
    """Eigenvectors of equal eigenvalues have no derivative: JAX returns NaN or useless values.

    Any rotation of such eigenvectors gives eigenvectors again. The sum of the equal eigenvalues
    does not depend on that choice, and has a derivative. So do not differentiate eigenvectors where
    eigenvalues are enough.
    """
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
    identity = jnp.eye(3)
    four, three = jnp.stack([identity] * 4), jnp.stack([identity] * 3)

    assert jnp.linalg.solve(four, jnp.ones(3)).shape == __
    assert jnp.linalg.solve(four, jnp.ones((4, 3, 1))).shape == __
    assert jax.vmap(jnp.linalg.solve)(four, jnp.ones((4, 3))).shape == __
    assert jnp.linalg.solve(three, jnp.ones((3, 3))).shape == __


# jnp.linalg returns inf or NaN where it fails, and derivatives of eigenvectors can be NaN.
# Next: chapter 08, random numbers that can be repeated.
