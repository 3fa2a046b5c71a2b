"""Three transformations: each takes a function and returns a new function."""

import jax
import jax.numpy as jnp

from jax_koans import __


def test_grad_returns_the_derivative_as_a_function():
    """`jax.grad(f)` returns a function; called with t, it returns df/dt at t.

    JAX differentiates the code of f, so there is no step size to choose. The derivative is a
    function too, and `jax.grad` can differentiate it again.
    """

    def height(time):
        return 100.0 - 5.0 * time**2

    velocity = jax.grad(height)
    acceleration = jax.grad(velocity)

    assert height(3.0) == 55.0
    assert velocity(3.0) == __
    assert velocity(1.0) == __
    assert acceleration(3.0) == __


def test_vmap_maps_a_function_over_the_rows_of_an_array():
    """`jax.vmap(f)` returns a function that applies f to each slice along axis 0.

    For a 2-D array these slices are the rows. `energy` takes the velocity of one particle,
    shape (2,), and returns a scalar. vmap makes it a function of many particles, without a loop.
    """

    def energy(velocity):
        return 0.5 * jnp.sum(velocity**2)

    velocities = jnp.array([[3.0, 4.0], [0.0, -2.0], [1.0, 1.0]])

    assert energy(velocities) == __
    assert jax.vmap(energy)(velocities).tolist() == __


def test_vmap_of_grad_returns_the_derivative_at_many_points():
    """Transformations compose: `jax.vmap(jax.grad(f))` returns df/dx at each point of an array.

    `jax.grad(f)` alone requires that f returns a scalar.
    """

    def potential(x):
        return x**2 - 3.0 * x

    derivative = jax.vmap(jax.grad(potential))
    points = jnp.array([-1.0, 0.0, 2.0])

    assert derivative(points).tolist() == __


def test_jit_compiles_a_function_and_keeps_its_values():
    """`jax.jit(f)` returns a compiled version of f, which returns the same values up to rounding.

    The first call compiles f, and later calls reuse the compiled function. jit also compiles a
    composition of transformations.
    """

    def stress(strain):
        return strain**3 - strain

    compiled = jax.jit(stress)
    stiffness = jax.jit(jax.vmap(jax.grad(stress)))

    assert compiled(2.0) == __
    assert stiffness(jnp.array([-1.0, 0.0, 2.0])).tolist() == __


# You have met grad, vmap and jit; chapters 03, 05 and 06 treat each of them in detail. All three
# use the same method to find out what your function does.
# Next: this method.
