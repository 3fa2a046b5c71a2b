"""Looking inside JAX: how often a function was traced or run, and what it became.

Public API only: a trace is a run of the Python body, a run of the compiled program is a
`jax.debug.callback`, and what a function became is its jaxpr, walked by duck typing because the
classes behind it are not public and their names move between versions.

Sources: https://docs.jax.dev/en/latest/jaxpr.html, https://docs.jax.dev/en/latest/external-callbacks.html
"""

import functools
import math
import threading
from collections.abc import Callable, Iterator
from typing import Any

import jax


def counted(function: Callable[..., Any]) -> Any:
    """`function`, with its traces counted in the attribute `count`, an int.

    JAX runs a function's Python body once each time that it traces it, so under `jax.jit` the
    count is the number of traces; eagerly it is the number of calls. Arguments and results of any
    shape and dtype pass through unchanged, and so does every exception.

    Example:
        >>> square = counted(lambda x: x * x)
        >>> compiled = jax.jit(square)
        >>> compiled(1.0), compiled(2.0), square.count
        (Array(1., dtype=float32, weak_type=True), Array(4., dtype=float32, weak_type=True), 1)
    """

    @functools.wraps(function)
    def probe(*args: Any, **kwargs: Any) -> Any:
        probe.count += 1  # type: ignore[attr-defined]
        return function(*args, **kwargs)

    probe.count = 0  # type: ignore[attr-defined]
    return probe


def executed(function: Callable[..., Any]) -> Any:
    """`function`, with its runs counted: `runs()` returns an int.

    Unlike a trace count it sees a compiled function run twice, or a loop's body run n times. It
    waits for work in flight before it returns. Under `jax.vmap` the whole batch is one run.
    Arguments and results of any shape and dtype pass through unchanged, and so does every
    exception.

    Example:
        >>> square = executed(lambda x: x * x)
        >>> compiled = jax.jit(square)
        >>> compiled(1.0), compiled(2.0), square.runs()
        (Array(1., dtype=float32, weak_type=True), Array(4., dtype=float32, weak_type=True), 2)
    """
    done = 0
    lock = threading.Lock()  # callbacks may come from the runtime's own threads

    def ran() -> None:
        nonlocal done
        with lock:
            done += 1

    @functools.wraps(function)
    def probe(*args: Any, **kwargs: Any) -> Any:
        jax.debug.callback(ran)
        return function(*args, **kwargs)

    def runs() -> int:
        jax.effects_barrier()  # type: ignore[no-untyped-call]
        return done

    probe.runs = runs  # type: ignore[attr-defined]
    return probe


def primitives(function: Callable[..., Any], *args: Any) -> set[str]:
    """The names of all primitives in the jaxpr of `function(*args)`.

    Nested jaxprs count too: inside `jit`, `scan`, `while`, `cond`, custom derivatives. Arguments
    may be arrays of any shape and dtype, or `jax.ShapeDtypeStruct`; nothing is computed. What is
    not an array (a size, an axis, a function) goes into a lambda around `function`.

    Example:
        >>> sorted(primitives(lambda x: jax.numpy.sin(x) + 3.0, 1.0))
        ['add', 'sin']
    """
    return {equation.primitive.name for equation in _equations(function, args)}


def equations(function: Callable[..., Any], *args: Any) -> int:
    """The number of equations in the jaxpr of `function(*args)`, nested ones included.

    The number itself differs between JAX versions: compare two counts (does it grow?), never
    one count with a literal. Arguments as for `primitives`.

    Example:
        >>> equations(lambda x: jax.numpy.sin(x) + 3.0, 1.0)
        2
    """
    return sum(1 for _ in _equations(function, args))


def largest(function: Callable[..., Any], *args: Any) -> int:
    """The number of elements of the largest array that `function(*args)` computes.

    Intermediates and results, in nested jaxprs too, but not the arguments; 0 where nothing is
    computed. A scan's stacked result counts whole. Arguments as for `primitives`.

    Example:
        >>> largest(lambda x: (x[:, None] * x).sum(), jax.numpy.ones(5))
        25
    """
    shapes = (
        getattr(variable.aval, "shape", ())
        for equation in _equations(function, args)
        for variable in equation.outvars
    )
    return max((math.prod(shape) for shape in shapes), default=0)


def _equations(function: Callable[..., Any], args: tuple[Any, ...]) -> Iterator[Any]:
    # A fresh function object: make_jaxpr would otherwise reuse an earlier trace of `function`.
    # It carries the learner's name, since JAX's errors speak of the function that is traced.
    @functools.wraps(function)
    def fresh(*args: Any) -> Any:
        return function(*args)

    return _walk(jax.make_jaxpr(fresh)(*args))


def _walk(value: Any) -> Iterator[Any]:
    """Every equation in a jaxpr, a closed jaxpr, or a container of them, outer ones first."""
    if isinstance(value, tuple | list):
        for item in value:
            yield from _walk(item)
    elif hasattr(value, "eqns"):
        for equation in value.eqns:
            yield equation
            yield from _walk(list(equation.params.values()))
    elif hasattr(value, "jaxpr"):
        yield from _walk(value.jaxpr)
