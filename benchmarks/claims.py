"""What only a clock can show: the times behind the introduction of chapter 11.

    python benchmarks/claims.py

It takes about a minute. The ways to do one thing are timed side by side, in turns, in this one
process, each until its result is there, after a call that is not timed. A time is the median over
the repeats, a ratio the median of the ratios within a repeat, with the least and the greatest
of them. On another machine, or with other work on this one, the numbers are others.

The subject is that of a note of 2021 which claimed most of this: Simpson's rule on 512 steps, for
200 functions x**(k / 10) * e**-x, on each of 100 intervals.

Sources: https://docs.jax.dev/en/latest/201/profiling.html
"""

import functools
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

FUNCTIONS, STEPS, INTERVALS = 200, 512, 100

Way = Callable[[], object]


@dataclass(frozen=True)
class Timing:
    """The medians of two ways, in seconds, and how many times longer the first one takes."""

    first: float
    second: float
    ratio: float
    least: float
    greatest: float

    def row(self, claim: int, what: str) -> str:
        """One line of the table, in Markdown."""
        spread = f"{_ratio(self.ratio)} ({_ratio(self.least)} to {_ratio(self.greatest)})"
        return f"| {claim} | {what} | {_time(self.first)} | {_time(self.second)} | {spread} |"


def in_turns(first: Way, second: Way, repeats: int, calls: int = 1, warm: bool = True) -> Timing:
    """Time two ways to do one thing, in turns: first, second, second, first, first, ...

    Args:
        first: does the work once, and answers when the result is there.
        second: the same for the other way.
        repeats: how often each is timed.
        calls: how often it is called within one timing; what is reported is for one call.
        warm: whether each is called once, untimed, before all.

    Returns:
        The medians and the ratio of first to second.
    """
    ways = [first, second]
    for way in ways if warm else []:
        way()
    times: list[list[float]] = [[], []]
    for repeat in range(repeats):
        for index in (0, 1) if repeat % 2 == 0 else (1, 0):
            start = time.perf_counter()
            for _ in range(calls):
                ways[index]()
            times[index].append((time.perf_counter() - start) / calls)
    return _timing(*times)


def simpson(functions: Callable[[jax.Array], jax.Array], a: jax.Array, b: jax.Array) -> jax.Array:
    """The integrals of `functions` over all intervals [a, b]: shape (FUNCTIONS, INTERVALS).

    `functions` takes the places, (STEPS + 1, INTERVALS), to (STEPS + 1, FUNCTIONS, INTERVALS).
    """
    weights = _weights()
    y = functions(jnp.linspace(a, b, STEPS + 1))
    return (b - a) / STEPS / 3 * jnp.einsum("i,ifn->fn", jnp.asarray(weights, y.dtype), y)


def simpson_numpy(
    functions: Callable[[np.ndarray], np.ndarray], a: np.ndarray, b: np.ndarray
) -> np.ndarray:
    """`simpson` with NumPy."""
    y = functions(np.linspace(a, b, STEPS + 1))
    return (b - a) / STEPS / 3 * np.einsum("i,ifn->fn", _weights(), y)


def stacked(x: jax.Array) -> jax.Array:
    """All functions at x, one after the other, from a Python list."""
    return jnp.stack([x ** (k / 10) * jnp.exp(-x) for k in range(FUNCTIONS)], axis=1)


def broadcast(x: jax.Array) -> jax.Array:
    """All functions at x, by broadcasting."""
    k = jnp.arange(FUNCTIONS)[:, None]
    return x[:, None, :] ** (k / 10) * jnp.exp(-x)[:, None, :]


def stacked_numpy(x: np.ndarray) -> np.ndarray:
    """`stacked` with NumPy."""
    return np.stack([x ** (k / 10) * np.exp(-x) for k in range(FUNCTIONS)], axis=1)


def broadcast_numpy(x: np.ndarray) -> np.ndarray:
    """`broadcast` with NumPy."""
    k = np.arange(FUNCTIONS)[:, None]
    return x[:, None, :] ** (k / 10) * np.exp(-x)[:, None, :]


def main() -> None:
    """Measure each claim, and print the table."""
    print(_where())
    print("| claim | first against second | first | second | first / second |")
    print("|---|---|---|---|---|")
    began = time.perf_counter()
    for rows in (_simpson_rows, _waiting_rows, _compile_rows, _table_rows, _first_call_rows):
        for row in rows():
            print(row, flush=True)
    print(f"\nThis took {time.perf_counter() - began:.0f} s.")


def _simpson_rows() -> list[str]:
    with jax.enable_x64(True):
        a = jnp.arange(INTERVALS) / 10
        b = a + 0.05
        by_stack, by_broadcast = _compiled(stacked, a, b), _compiled(broadcast, a, b)
    with jax.enable_x64(False):
        a32, b32 = jnp.asarray(a, jnp.float32), jnp.asarray(b, jnp.float32)
        by_broadcast_32 = _compiled(broadcast, a32, b32)
    np_a, np_b = np.asarray(a), np.asarray(b)
    np_stack = functools.partial(simpson_numpy, stacked_numpy, np_a, np_b)
    np_broadcast = functools.partial(simpson_numpy, broadcast_numpy, np_a, np_b)
    for way, rounding in ((np_broadcast, 1e-10), (by_broadcast, 1e-10), (by_broadcast_32, 1e-3)):
        np.testing.assert_allclose(np.asarray(way()), np_stack(), rounding)  # one answer, all ways
    return [
        in_turns(np_stack, by_stack, 5).row(22, "Simpson, stacked, x64: NumPy against jit"),
        in_turns(np_broadcast, by_broadcast, 5).row(
            22, "Simpson, broadcast, x64: NumPy against jit"
        ),
        in_turns(by_broadcast, by_broadcast_32, 7).row(
            23, "Simpson, broadcast, jit: x64 against float32"
        ),
        in_turns(by_stack, by_broadcast, 7).row(
            24, "Simpson, jit, x64, run: stacked against broadcast"
        ),
    ]


def _waiting_rows() -> list[str]:
    x = jnp.linspace(0.1, 2.0, 50_000).reshape(500, 100)
    compiled = jax.jit(broadcast)

    def ask() -> object:
        return compiled(x)

    # Two looks at the clock in one call: of two calls, one that nobody waits for slows the other.
    jax.block_until_ready(ask())
    times: list[list[float]] = [[], []]
    for _ in range(7):
        start = time.perf_counter()
        result = ask()
        times[1].append(time.perf_counter() - start)
        jax.block_until_ready(result)
        times[0].append(time.perf_counter() - start)
        del result  # here, or the next call would be timed with giving its memory back
    what = "one call, jit: until its result is there, against not waiting"
    return [_timing(*times).row(29, what)]


def _compile_rows() -> list[str]:
    places = jax.ShapeDtypeStruct((STEPS + 1, INTERVALS), jnp.float32)

    def compiling(functions: Callable[[jax.Array], jax.Array]) -> Way:
        # A new lambda each time: jit would remember the old one.
        return lambda: jax.jit(lambda x: functions(x)).lower(places).compile()

    timing = in_turns(compiling(stacked), compiling(broadcast), 3, warm=False)
    return [timing.row(24, "200 terms, trace and compile: stacked against broadcast")]


def _table_rows() -> list[str]:
    """A bent line for each bend and each voltage: a table, by vmap in vmap."""

    def celsius(voltage: jax.Array, bend: jax.Array, gain: float, offset: float) -> jax.Array:
        return bend * voltage**2 + gain * voltage + offset

    one_bend = jax.vmap(celsius, in_axes=(0, None, None, None))
    plain = jax.vmap(one_bend, in_axes=(None, 0, None, None))
    compiled = jax.jit(plain)
    rows = []
    for bends, voltages, calls in ((3, 6, 100), (3000, 6000, 1)):
        bend, voltage = np.linspace(0, 1, bends), np.linspace(0, 5, voltages)
        bend, voltage = bend.astype(np.float32), voltage.astype(np.float32)
        device = jnp.asarray(voltage), jnp.asarray(bend), 1.0, 1.0
        by_plain, by_jit = _waiting(plain, *device), _waiting(compiled, *device)

        def by_numpy(bend: np.ndarray = bend, voltage: np.ndarray = voltage) -> np.ndarray:
            return bend[:, None] * voltage**2 + np.float32(1) * voltage + np.float32(1)

        size = f"{bends} x {voltages}"
        timing = in_turns(by_plain, by_jit, 21, calls)
        rows.append(timing.row(37, f"nested vmap, {size}: plain against jit"))
        timing = in_turns(by_numpy, by_jit, 21, calls)
        rows.append(timing.row(37, f"the same table, {size}: NumPy against jit of nested vmap"))
    return rows


def _first_call_rows() -> list[str]:
    time_axis = jnp.linspace(0.0, 10.0, 1000)
    known = jax.jit(lambda t: jnp.exp(-t / 2) * jnp.sin(t))

    def first() -> object:
        fresh = jax.jit(lambda t: jnp.exp(-t / 2) * jnp.sin(t))
        return jax.block_until_ready(fresh(time_axis))

    timing = in_turns(first, _waiting(known, time_axis), 21)
    return [timing.row(38, "a damped sine at 1000 times, jit: first call against the next ones")]


def _timing(first: list[float], second: list[float]) -> Timing:
    ratios = [a / b for a, b in zip(first, second, strict=True)]
    medians = statistics.median(first), statistics.median(second)
    return Timing(*medians, statistics.median(ratios), min(ratios), max(ratios))


def _compiled(
    functions: Callable[[jax.Array], jax.Array], a: jax.Array, b: jax.Array
) -> Callable[[], object]:
    """Simpson's rule, compiled ahead of time for these intervals: safe in either precision."""
    program = jax.jit(functools.partial(simpson, functions)).lower(a, b).compile()
    return _waiting(program, a, b)


def _waiting(function: Callable[..., object], *args: object) -> Way:
    """A call of `function` that answers when its result is there."""
    return lambda: jax.block_until_ready(function(*args))


def _weights() -> np.ndarray:
    weights = np.ones(STEPS + 1)
    weights[1::2], weights[2:-1:2] = 4, 2
    return weights


def _where() -> str:
    """Date, processor and versions: without them a time says nothing."""
    info = Path("/proc/cpuinfo")
    model = platform.processor() or platform.machine()
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    versions = f"Python {platform.python_version()}, jax {jax.__version__}, NumPy {np.__version__}"
    device = jax.devices()[0]
    return f"{date.today()}, {model}, {os.cpu_count()} cores, {device.platform}; {versions}\n"


def _ratio(number: float) -> str:
    return f"{number:.0f}" if number >= 10 else f"{number:.2g}"


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


if __name__ == "__main__":
    main()
