"""Three transformations. Each takes a function of yours and answers with a new function."""

import jax
import jax.numpy as jnp

from jax_koans import __


def test_grad_answers_with_the_derivative_as_a_function():
    """`jax.grad(f)` is a function: called at t, it answers with df/dt at t.

    No formula to work out, no step size to choose: JAX differentiates the code. What comes back
    is a function again, so it can go through `jax.grad` once more.
    """

    def height(time):
        return 100.0 - 5.0 * time**2

    velocity = jax.grad(height)
    acceleration = jax.grad(velocity)

    assert height(3.0) == 55.0
    assert velocity(3.0) == __
    assert velocity(1.0) == __
    assert acceleration(3.0) == __


def test_vmap_gives_every_row_to_a_function_of_one_row():
    """`energy` is written for one particle: a velocity comes in, one number goes out.

    `jax.vmap(energy)` is a function of many particles, one a row. No loop, and no axis to think
    about inside `energy`.
    """

    def energy(velocity):
        return 0.5 * jnp.sum(velocity**2)

    velocities = jnp.array([[3.0, 4.0], [0.0, -2.0], [1.0, 1.0]])

    assert energy(velocities) == __
    assert jax.vmap(energy)(velocities).tolist() == __


def test_vmap_of_grad_is_the_slope_at_many_points():
    """grad wants a function with one number as its answer. vmap then takes it to many points.

    What one transformation gives, the next one takes: they nest in any order that makes sense.
    """

    def potential(x):
        return x**2 - 3.0 * x

    slope = jax.vmap(jax.grad(potential))
    points = jnp.array([-1.0, 0.0, 2.0])

    assert slope(points).tolist() == __


def test_jit_compiles_a_function_and_leaves_its_answer_alone():
    """`jax.jit(f)` is f, compiled as one program for the device at hand. Its speed changes.

    But for rounding, its answers do not. jit may stand around a whole composition; the first call
    pays for the compiling.
    """

    def stress(strain):
        return strain**3 - strain

    compiled = jax.jit(stress)
    stiffness = jax.jit(jax.vmap(jax.grad(stress)))

    assert compiled(2.0) == __
    assert stiffness(jnp.array([-1.0, 0.0, 2.0])).tolist() == __


# You have met grad, vmap and jit; chapters 03, 05 and 06 go deep. All three need to know what
# your function does, and they find out in the same way. Next: how.
