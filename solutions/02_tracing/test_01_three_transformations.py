"""Three transformations. Each takes a function of yours and answers with a new function."""

import jax
import jax.numpy as jnp

from jax_koans import __


def test_grad_returns_the_derivative_as_a_function():
    """`jax.grad(f)` is a function: called at t, it answers with df/dt at t.

    No formula to work out, no step size to choose: JAX differentiates the code. What comes back
    is a function again, so it can go through `jax.grad` once more.
    """

    # HINT: How fast does the height change after 3 seconds? It shrinks, so mind the sign.
    # HINT: The derivative of 100 - 5 t^2 is -10 t.
    # HINT: The derivative of -10 t does not depend on t.
    def height(time):
        return 100.0 - 5.0 * time**2

    velocity = jax.grad(height)
    acceleration = jax.grad(velocity)

    assert height(3.0) == 55.0
    assert velocity(3.0) == __(-30.0)
    assert velocity(1.0) == __(-10.0)
    assert acceleration(3.0) == __(-10.0)


def test_vmap_maps_a_function_over_the_rows_of_an_array():
    """`energy` is written for one particle: a velocity comes in, one number goes out.

    `jax.vmap(energy)` is a function of many particles, one a row. No loop, and no axis to think
    about inside `energy`.
    """

    # HINT: Called on the whole table, energy sums over all of it.
    # HINT: Under vmap it sees one row at a time: three rows, three energies.
    # HINT: The first row is (3, 4): half of 9 + 16.
    def energy(velocity):
        return 0.5 * jnp.sum(velocity**2)

    velocities = jnp.array([[3.0, 4.0], [0.0, -2.0], [1.0, 1.0]])

    assert energy(velocities) == __(15.5)
    assert jax.vmap(energy)(velocities).tolist() == __([12.5, 2.0, 1.0])


def test_vmap_of_grad_returns_the_derivative_at_many_points():
    """grad wants a function with one number as its answer. vmap then takes it to many points.

    What one transformation gives, the next one takes: they nest in any order that makes sense.
    """

    # HINT: The derivative of x^2 - 3 x is 2 x - 3.
    # HINT: One slope for each of the three points, in their order.
    def potential(x):
        return x**2 - 3.0 * x

    slope = jax.vmap(jax.grad(potential))
    points = jnp.array([-1.0, 0.0, 2.0])

    assert slope(points).tolist() == __([-5.0, -3.0, 1.0])


def test_jit_compiles_a_function_and_keeps_its_values():
    """`jax.jit(f)` is f, compiled as one program for the device at hand. Its speed changes.

    But for rounding, its answers do not. jit may stand around a whole composition; the first call
    pays for the compiling.
    """

    # HINT: The answers are those of the function without jit.
    # HINT: The derivative of x^3 - x is 3 x^2 - 1.
    def stress(strain):
        return strain**3 - strain

    compiled = jax.jit(stress)
    stiffness = jax.jit(jax.vmap(jax.grad(stress)))

    assert compiled(2.0) == __(6.0)
    assert stiffness(jnp.array([-1.0, 0.0, 2.0])).tolist() == __([2.0, -1.0, 11.0])


# You have met grad, vmap and jit; chapters 03, 05 and 06 go deep. All three need to know what
# your function does, and they find out in the same way. Next: how.
