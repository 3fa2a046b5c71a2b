"""Three transformations: each takes a function and returns a new function."""

import jax
import jax.numpy as jnp

from jax_koans import __


def test_grad_returns_the_derivative_as_a_function():
    """`jax.grad(f)` returns a function; called with t, it returns df/dt at t.

    JAX differentiates the code of f, so there is no step size to choose. The derivative is a
    function too, and `jax.grad` can differentiate it again.
    """

    # HINT: Differentiate 100 - 5 t^2 by hand, then insert t.
    # HINT: The first derivative is -10 t, the second is -10.
    def height(time):
        return 100.0 - 5.0 * time**2

    velocity = jax.grad(height)
    acceleration = jax.grad(velocity)

    assert height(3.0) == 55.0
    assert velocity(3.0) == __(-30.0)
    # WHY: The derivative of 100 - 5 t^2 is -10 t, which is -30 at t = 3.
    # IF 30.0: The height decreases with time, so its derivative is negative.
    # IF 55.0: 55 is height(3.0); `velocity` returns its derivative.
    # IF -15.0: The derivative of t^2 is 2 t, so -5 t^2 gives -10 t.
    # IF 70.0: The derivative of the constant 100 is 0.
    assert velocity(1.0) == __(-10.0)
    # WHY: -10 t is -10 at t = 1.
    # IF -30.0: -30 is the derivative at t = 3.
    # IF 95.0: 95 is height(1.0); `velocity` returns its derivative.
    # IF 10.0: The height decreases with time, so its derivative is negative.
    # IF -5.0: The derivative of t^2 is 2 t, so -5 t^2 gives -10 t.
    assert acceleration(3.0) == __(-10.0)
    # WHY: The second derivative of 100 - 5 t^2 is -10 at every t.
    # IF 0.0: 0 is the third derivative; the second is the derivative of -10 t.
    # IF 10.0: The derivative of -10 t is negative.
    # IF -30.0: -30 is velocity(3.0); `acceleration` is the derivative of `velocity`.


def test_vmap_maps_a_function_over_the_rows_of_an_array():
    """`jax.vmap(f)` returns a function that applies f to each slice along axis 0.

    For a 2-D array these slices are the rows. `energy` takes the velocity of one particle,
    shape (2,), and returns a scalar. vmap makes it a function of many particles, without a loop.
    """

    # HINT: Without vmap, jnp.sum adds up the squares of all six elements.
    # HINT: With vmap, `energy` gets one row at a time. There are three rows.
    # HINT: For the first row, (3, 4), the energy is half of 9 + 16.
    def energy(velocity):
        return 0.5 * jnp.sum(velocity**2)

    velocities = jnp.array([[3.0, 4.0], [0.0, -2.0], [1.0, 1.0]])

    assert energy(velocities) == __(15.5)
    # WHY: Without vmap, jnp.sum adds up all elements: 0.5 * (25 + 4 + 2).
    # IF 12.5: 12.5 is the energy of the first row; jnp.sum adds up every row.
    # IF [12.5, 2.0, 1.0]: Without vmap, jnp.sum adds up all six elements and returns a scalar.
    # IF 31.0: 31 is the sum of the squares; `energy` returns half of it.
    assert jax.vmap(energy)(velocities).tolist() == __([12.5, 2.0, 1.0])
    # WHY: vmap applies `energy` to each of the three rows.
    # IF [25.0, 4.0, 2.0]: These are the sums of the squares; `energy` returns half of each.
    # IF [5.0, 10.5]: These are the energies of the two columns; vmap maps over axis 0, the rows.
    # IF [15.5]: 15.5 is the sum of the three energies; vmap returns one energy per row.
    # IF 15.5: 15.5 is the sum of the three energies; vmap returns one energy per row.


def test_vmap_of_grad_returns_the_derivative_at_many_points():
    """Transformations compose: `jax.vmap(jax.grad(f))` returns df/dx at each point of an array.

    `jax.grad(f)` alone requires that f returns a scalar.
    """

    # HINT: The derivative of x^2 - 3 x is 2 x - 3.
    # HINT: The result has one derivative per point, in the order of the points.
    def potential(x):
        return x**2 - 3.0 * x

    derivative = jax.vmap(jax.grad(potential))
    points = jnp.array([-1.0, 0.0, 2.0])

    assert derivative(points).tolist() == __([-5.0, -3.0, 1.0])
    # WHY: The derivative of x^2 - 3 x is 2 x - 3, evaluated at -1, 0 and 2.
    # IF [4.0, 0.0, -2.0]: These are the values of `potential`, not of its derivative.
    # IF [-2.0, 0.0, 4.0]: This is 2 x; the derivative of -3 x adds -3 to each.
    # IF [1.0, -3.0, -5.0]: The result is in the order of `points`.
    # IF [5.0, 3.0, -1.0]: These have the opposite sign: 2 x - 3 is -5 at x = -1.
    # IF (-5.0, -3.0, 1.0): `tolist` returns a list, and a list never equals a tuple.
    # IF -7.0: -7 is the sum of the three derivatives; vmap returns one per point.
    # IF -5.0: -5 is the derivative at the first point; vmap returns one per point.


def test_jit_compiles_a_function_and_keeps_its_values():
    """`jax.jit(f)` returns a compiled version of f, which returns the same values up to rounding.

    The first call compiles f, and later calls reuse the compiled function. jit also compiles a
    composition of transformations.
    """

    # HINT: jit does not change the values: evaluate the functions as if it were absent.
    # HINT: The derivative of x^3 - x is 3 x^2 - 1.
    def stress(strain):
        return strain**3 - strain

    compiled = jax.jit(stress)
    stiffness = jax.jit(jax.vmap(jax.grad(stress)))

    assert compiled(2.0) == __(6.0)
    # WHY: jit keeps the values: 2^3 - 2 is 6.
    # IF 8.0: 8 is 2^3; `stress` subtracts the strain.
    # IF 11.0: 11 is the derivative at 2; `compiled` returns the stress itself.
    assert stiffness(jnp.array([-1.0, 0.0, 2.0])).tolist() == __([2.0, -1.0, 11.0])
    # WHY: The derivative of x^3 - x is 3 x^2 - 1, evaluated at -1, 0 and 2.
    # IF [0.0, 0.0, 6.0]: These are the values of `stress`; `stiffness` returns its derivative.
    # IF [3.0, 0.0, 12.0]: This is 3 x^2; the derivative of -x adds -1 to each.
    # IF [2.0, 1.0, 11.0]: At x = 0 the derivative 3 x^2 - 1 is -1.
    # IF 12.0: 12 is the sum of the three derivatives; vmap returns one per point.


# You have met grad, vmap and jit; chapters 03, 05 and 06 treat each of them in detail. All three
# use the same method to find out what your function does.
# Next: this method.
