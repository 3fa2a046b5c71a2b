"""The probes, on every form of nested jaxpr."""

import jax
import jax.numpy as jnp
import pytest
from jax import lax

from jax_koans import counted, equations, executed, largest, primitives
from jax_koans.lesson.blank import UnansweredBlank, __


def test_counted_counts_traces_and_not_calls_of_a_compiled_function():
    square = counted(lambda x: x * x)
    compiled = jax.jit(square)

    compiled(jnp.ones(3))
    compiled(jnp.zeros(3))
    assert square.count == 1
    compiled(jnp.ones(4))
    assert square.count == 2


def test_counted_counts_calls_without_jit():
    square = counted(lambda x: x * x)

    square(1.0)
    square(1.0)

    assert square.count == 2


def test_counted_keeps_the_signature_so_that_static_argnames_work():
    @counted
    def grid(n, *, spacing):
        return jnp.arange(n) * spacing

    compiled = jax.jit(grid, static_argnames="n")

    assert compiled(3, spacing=2.0).tolist() == [0.0, 2.0, 4.0]
    assert grid.__name__ == "grid"


def test_counted_counts_a_method():
    class Spring:
        @counted
        def force(self, x):
            return -2.0 * x

    Spring().force(1.0)

    assert Spring.force.count == 1


def test_executed_sees_what_a_trace_count_cannot():
    loss = executed(lambda x: jnp.sum(x * x))
    compiled = jax.jit(loss)

    compiled(jnp.ones(3))
    compiled(jnp.ones(3))

    assert loss.runs() == 2


@pytest.mark.parametrize(
    ("use", "runs"),
    [
        (lambda f: f(1.0), 1),
        (lambda f: jax.value_and_grad(f)(1.0), 1),
        (lambda f: jax.jit(jax.grad(f))(1.0), 1),
        (lambda f: (f(1.0), jax.grad(f)(1.0)), 2),
        (lambda f: lax.fori_loop(0, 5, lambda i, c: f(c), 1.0), 5),
        (lambda f: lax.cond(True, f, lambda x: x, 1.0), 1),
        (lambda f: lax.cond(False, f, lambda x: x, 1.0), 0),
        (lambda f: jax.make_jaxpr(f)(1.0), 0),
    ],
)
def test_executed_counts_runs(use, runs):
    wave = executed(lambda x: jnp.sin(x))

    jax.block_until_ready(use(wave))

    assert wave.runs() == runs


def test_executed_counts_a_batch_as_one_run():
    wave = executed(lambda x: jnp.sin(x))

    jax.vmap(wave)(jnp.ones(5))

    assert wave.runs() == 1


@jax.custom_vjp
def _with_a_rule(x):
    return jnp.sin(x)


_with_a_rule.defvjp(lambda x: (jnp.sin(x), x), lambda x, g: (g * jnp.cos(x),))

NESTED = {
    "jit": lambda x: jax.jit(jnp.sin)(x),
    "scan": lambda x: lax.scan(lambda c, _: (jnp.sin(c), None), x, length=3)[0],
    "while": lambda x: lax.while_loop(lambda c: c > 0.5, jnp.sin, x),
    "while_cond": lambda x: lax.while_loop(lambda c: jnp.sin(c) > 0.5, lambda c: c / 2, x),
    "cond": lambda x: lax.cond(x > 0, jnp.sin, jnp.cos, x),
    "switch": lambda x: lax.switch(0, [jnp.sin, jnp.cos], x),
    "checkpoint": lambda x: jax.checkpoint(jnp.sin)(x),
    "custom_jvp": lambda x: jax.nn.silu(jnp.sin(x)),
    "custom_vjp": lambda x: _with_a_rule(x),
    "twice": lambda x: jax.jit(lambda y: jax.jit(jnp.sin)(y))(x),
}


@pytest.mark.parametrize("form", NESTED)
def test_primitives_are_found_in_nested_jaxprs(form):
    assert "sin" in primitives(NESTED[form], 1.0)
    assert "tan" not in primitives(NESTED[form], 1.0)


def test_equations_grow_with_an_unrolled_loop_and_not_with_a_rolled_one():
    def unrolled(n):
        def f(x):
            for _ in range(n):
                x = jnp.sin(x)
            return x

        return f

    def rolled(n):
        return lambda x: lax.fori_loop(0, n, lambda i, c: jnp.sin(c), x)

    assert equations(unrolled(10), 1.0) < equations(unrolled(20), 1.0)
    assert equations(rolled(10), 1.0) == equations(rolled(20), 1.0)
    assert equations(lambda x: x, 1.0) == 0


def test_largest_counts_elements_of_what_is_computed():
    assert largest(lambda x: (x[:, None] * x).sum(), jnp.ones(5)) == 25
    assert largest(lambda x: x, jnp.ones(5)) == 0
    assert largest(lambda x: jax.jit(lambda y: (y[:, None] * y).sum())(x), jnp.ones(6)) == 36
    assert largest(lambda x: lax.map(jnp.sin, x), jnp.ones((4, 3))) == 12


def test_probes_take_shapes_for_arrays():
    shape = jax.ShapeDtypeStruct((10**6, 10**6), jnp.float32)

    assert largest(lambda x: x.sum(axis=0), shape) == 10**6


def test_a_probe_raises_what_tracing_raises_and_speaks_of_the_learners_function():
    def choose(current):
        return current if current > 0 else 0.0

    with pytest.raises(jax.errors.TracerBoolConversionError, match="choose"):
        primitives(choose, 1.0)


def test_a_blank_called_with_an_answer_is_that_answer():
    answer = object()

    assert __(answer) is answer
    assert __(None) is None
    assert repr(__) == "__"


@pytest.mark.parametrize(
    "use",
    [
        lambda: __ == 1,
        lambda: __ != 1,
        lambda: __ < 1,
        lambda: 1 + __,
        lambda: __ @ 2,
        lambda: -__,
        lambda: bool(__),
        lambda: float(__),
        lambda: list(__),
        lambda: len(__),
        lambda: __[0],
        lambda: __.shape,
        lambda: __(),
        lambda: __(1, 2),
        lambda: __(answer=1),
        lambda: 1 in __,
        lambda: jnp.asarray(__),
        lambda: range(__),
    ],
)
def test_a_blank_used_as_an_answer_is_refused(use):
    with pytest.raises(UnansweredBlank):
        use()
