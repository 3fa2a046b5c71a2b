"""JAX records a jaxpr by calling your function with tracers in place of arrays."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from jax_koans import __, counted, equations, primitives


def test_a_tracer_has_a_shape_and_a_dtype_but_no_value():
    """While jit or make_jaxpr traces a function, an array argument is a tracer, without a value.

    Code that needs the value raises an error of the module `jax.errors`, for instance
    `jax.errors.TracerBoolConversionError` where it needs a bool, as in `if x > 0`. The class is
    TracerIntegerConversionError for an index, as in `range(x)`, TracerArrayConversionError for a
    NumPy array, and ConcretizationTypeError for any other concrete value.
    """
    # HINT: The argument of look_at is an array with 2 rows and 3 columns.
    # HINT: float() needs neither a bool nor an index nor a NumPy array, but another concrete value.
    # HINT: Write the class with its module, as jax.errors.TracerBoolConversionError.
    seen = {}

    def look_at(field):
        seen["shape"], seen["dtype"] = field.shape, field.dtype
        with pytest.raises(Exception) as caught:
            float(field[0, 0])
        seen["error"] = caught.type
        return 2 * field

    jax.make_jaxpr(look_at)(np.ones((2, 3), dtype=np.float32))

    assert seen["shape"] == __((2, 3))
    # WHY: A tracer has the shape of the argument that it stands for.
    # IF (3, 2): The number of rows comes first in a shape.
    # IF [2, 3]: A shape is a tuple, and a list never equals a tuple.
    # IF 6: 6 is the size, the number of elements.
    # IF (): () is the shape of the element field[0, 0].
    # IF None: A tracer has a shape; only its values are unknown.
    assert seen["dtype"] == __(jnp.float32)
    # WHY: A tracer has the dtype of the argument that it stands for.
    # IF jnp.float64: float64 is NumPy's default; this array was made with dtype=np.float32.
    # IF "f32": f32 is the short form of float32 in a printed jaxpr.
    # IF float: `float` as a dtype is float64; this array was made with dtype=np.float32.
    assert seen["error"] is __(jax.errors.ConcretizationTypeError)
    # WHY: float() needs a concrete value, and none of the three special classes covers that.
    # IF TypeError: TypeError is a base class of the class that is raised.
    # IF jax.errors.TracerArrayConversionError: This class is for NumPy; float() makes no NumPy
    #   array.
    # IF jax.errors.TracerBoolConversionError: This class is for a bool, as an `if` requires it.
    # IF jax.errors.TracerIntegerConversionError: This class is for an index, as `range` requires
    #   it.


def test_vmap_calls_the_function_once_for_the_whole_batch():
    """A loop calls a function once per row; `jax.vmap` calls it once, with a tracer.

    `counted(f)`, from jax_koans, wraps f; `.count` is the number of times Python has run its body,
    with arrays or with tracers.
    """
    # HINT: The count keeps growing: each blank includes the calls before it.
    # HINT: For the second blank: make_jaxpr traces `restoring`, which runs its body once more.
    restoring = counted(lambda angle: angle - angle**3 / 6)
    angles = np.array([0.1, -0.2, 0.3, -0.4, 0.5])

    for angle in angles:
        restoring(angle)
    assert restoring.count == __(5)
    # WHY: The loop calls the function once for each of the five angles.
    # IF 1: Without vmap, every call in the loop runs the body.
    jax.make_jaxpr(restoring)(0.1)
    assert restoring.count == __(6)
    # WHY: make_jaxpr runs the body once, with a tracer, to record it.
    # IF 5: To record the operations, make_jaxpr must run the body once, with a tracer.
    # IF 1: The count goes on from 5; make_jaxpr adds 1.
    # IF 10: make_jaxpr traces one call, whose argument is the scalar 0.1.
    jax.vmap(restoring)(angles)
    assert restoring.count == __(7)
    # WHY: vmap runs the body once, with one tracer for all five angles.
    # IF 11: 11 would be one run per angle; vmap runs the body once for the whole batch.
    # IF 6: vmap does not use the trace of make_jaxpr; it runs the body once more.
    # IF 1: The count goes on from 6; vmap adds 1.
    # IF 5: The count goes on from 6, and vmap runs the body once, not once per angle.


def test_the_jaxpr_of_vmap_does_not_grow_with_the_batch():
    """While JAX traces, a Python loop records its body once per iteration; vmap records it once.

    `equations(f, x)`, from jax_koans, returns the number of equations in the jaxpr of f(x). To
    see whether a jaxpr grows, compare the numbers for two sizes of x. The numbers themselves depend
    on the version of JAX.
    """

    # HINT: Which of the two jaxprs has separate equations for each row?
    # HINT: With vmap, the number of rows is in the shapes of the jaxpr only.
    # HINT: The answer is a list of names: ["loop"], ["vmap"], ["loop", "vmap"] or [].
    def energy(velocity):
        return 0.5 * jnp.sum(velocity**2)

    def loop(rows):
        return [energy(row) for row in rows]

    # Which functions have more equations for seven rows than for five?
    five, seven = np.ones((5, 2)), np.ones((7, 2))
    functions = {"loop": loop, "vmap": jax.vmap(energy)}
    growing = [name for name, f in functions.items() if equations(f, seven) > equations(f, five)]

    assert growing == __(["loop"])
    # WHY: The loop records its body seven times; vmap records it once, for arrays of seven rows.
    # IF ["vmap"]: The jaxpr of vmap has the same equations for seven rows, with larger shapes.
    # IF ["loop", "vmap"]: The jaxpr of vmap has the same equations for seven rows.
    # IF []: The loop is unrolled: its body is recorded once per row.
    # IF "loop": `growing` is a list, and a list never equals a string.
    # IF {"loop"}: `growing` is a list, and a list never equals a set.


def test_a_side_effect_is_not_recorded():
    """A jaxpr records operations on arrays, not side effects such as an append or a print.

    A side effect runs in Python while JAX traces; later calls of the compiled function skip it.
    A pure function has no side effects and depends only on its arguments. JAX expects pure
    functions.
    """
    # HINT: Each run of the Python body appends once. How often does it run for two compiled calls?
    # HINT: The second compiled call reuses the trace. A call without jit runs the body.
    # HINT: Only one operation on `counts` is recorded.
    log = []

    def dose(counts):
        log.append("called")
        return 2.0 * counts

    compiled = jax.jit(dose)
    compiled(10.0)
    compiled(20.0)
    assert len(log) == __(1)
    # WHY: Only the first call traced the body and ran its append.
    # IF 2: 2 is the number of calls. The second one did not run the Python body.
    # IF 0: The append ran while the first call traced the body.
    dose(10.0)
    assert len(log) == __(2)
    # WHY: A call without jit runs the Python body, and so its append.
    # IF 1: A call without jit runs the Python body once more.
    # IF 3: 3 is the number of calls. The second compiled call did not append.
    assert primitives(dose, 10.0) == __({"mul"})
    # WHY: The product is the only operation on `counts`; the append is not recorded.
    # IF {"mul", "append"}: An append to a Python list is no operation on an array.
    # IF {"append"}: An append to a Python list is no operation on an array; the product is one.
    # IF ["mul"]: `primitives` returns a set, and a set never equals a list.
    # IF "mul": `primitives` returns a set, and a set never equals a string.
    # IF {"multiply"}: `multiply` is the NumPy function; its primitive has a shorter name.
    # IF {"*"}: `*` is the Python operator; the jaxpr shows the name of the primitive.


def spring_monitor(force_law):
    """Return a function of x that returns a pair of scalars.

    With force = force_law(x), these are the energy sum(force**2) / 2 and the largest |force|.
    """

    # BEGIN PROMPT: return the force from the compiled function, and trace force_law only once
    # forces = []
    #
    # @jax.jit
    # def energy(x):
    #     force = force_law(x)
    #     forces.append(force)
    #     return jnp.sum(force**2) / 2
    #
    # def monitor(x):
    #     total = energy(x)
    #     return total, jnp.max(jnp.abs(forces[-1]))
    #
    # return monitor
    # BEGIN SOLUTION
    @jax.jit
    def energy_and_force(x):
        force = force_law(x)
        return jnp.sum(force**2) / 2, force

    def monitor(x):
        total, force = energy_and_force(x)
        return total, jnp.max(jnp.abs(force))

    return monitor
    # END SOLUTION


def test_a_tracer_cannot_be_used_after_its_trace():
    """A tracer that is used after its trace raises an error. JAX calls it a leaked tracer.

    The error is `jax.errors.UnexpectedTracerError`. Whatever is needed outside a compiled function
    should be part of its return value, which may be a tuple.
    """
    # HINT: While jit traces `energy`, what is appended to `forces`: an array or a tracer?
    # HINT: Let the compiled function return the energy and the force; remove the list.
    # HINT: return jnp.sum(force**2) / 2, force
    force_law = counted(lambda x: 1.0 - 2.0 * x)
    x = jnp.array([-1.0, 0.0, 3.0])

    monitor = spring_monitor(force_law)
    energy, largest = monitor(x)
    mirrored = monitor(-x)

    shapes = jnp.shape(energy), jnp.shape(largest)
    assert shapes == ((), ()), f"expected two scalars, got shapes {shapes}"
    assert_allclose(energy, 17.5, rtol=1e-5, err_msg="energy of x: sum(force**2) / 2")
    assert_allclose(largest, 5.0, rtol=1e-5, err_msg="largest force of x: expected max(|force|)")
    assert_allclose(mirrored, (25.5, 7.0), rtol=1e-5, err_msg="energy and largest force of -x")
    traces = force_law.count
    assert traces == 1, f"force_law after two calls with one shape: expected 1 run, got {traces}"
    pair = monitor(jnp.array([4.0, 0.0]))
    assert_allclose(pair, (25.0, 7.0), rtol=1e-5, err_msg="energy and largest force of two springs")


# You know what a tracer is: it has a shape and a dtype, has no value, and is valid only during its
# trace.
# Next: code that needs a value while JAX traces, and how to fix it.
