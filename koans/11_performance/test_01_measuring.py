"""How to time compiled code, and how to write loops that neither wait nor retrace.

No koan here looks at a real clock: `Machine` simulates a device, and its clock is exact.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from jax_koans import __, counted, executed


class Machine:
    """A simulated device. A call takes `calling` seconds; computing takes 1 s per element of x.

    `compute` behaves like a compiled function. The first call with a shape also compiles. Each call
    starts the work and returns before the work is done, with a Result.
    """

    def __init__(self, calling, compiling=0.0):
        self.calling, self.compiling = calling, compiling
        self.now = self.done = 100.0
        self.log, self.shapes = [], set()

    def clock(self):
        self.log.append("clock")
        return self.now

    def compute(self, x):
        if self.compiling and np.shape(x) not in self.shapes:
            self.log.append("compile")
            self.now += self.compiling
        self.shapes.add(np.shape(x))
        self.log.append("call")
        self.now += self.calling
        self.done = max(self.now, self.done) + len(x)
        return Result(self)


class Result:
    """A simulated array. Whatever needs its value waits until the device has computed it."""

    def __init__(self, machine):
        self.machine, self.ready = machine, machine.done

    def block_until_ready(self):
        self.machine.log.append("wait")
        self.machine.now = max(self.machine.now, self.ready)
        return self

    def __array__(self, dtype=None, copy=None):  # for np.asarray
        self.block_until_ready()
        return np.zeros(())

    def __float__(self):
        return float(np.asarray(self))

    item = tolist = __float__

    def __int__(self):
        return int(float(self))

    __index__ = __int__

    def __bool__(self):
        return bool(float(self))

    def __repr__(self):
        return repr(float(self))

    def __format__(self, spec):
        return format(float(self), spec)

    def __jax_array__(self):  # for jnp, which starts more work and does not wait
        return jnp.zeros(())


def seconds(compute, x, clock):
    """Return the seconds from the call compute(x) until its result is computed.

    clock() returns the current time in seconds, as time.perf_counter() does.
    """
    # TODO: read the clock, call and wait for the result, read the clock again
    raise NotImplementedError


def test_a_timer_waits_for_the_result():
    """A compiled function returns before its result is computed. This is asynchronous dispatch.

    A timer that does not wait measures only how long the call takes. `jax.block_until_ready(x)`
    waits until the arrays in x are computed, and returns x.
    """
    for calling, size in ((0.25, 8), (0.5, 3)):
        machine = Machine(calling)
        measured = seconds(machine.compute, np.ones(size), machine.clock)
        message = f"expected {calling + size} s, {calling} to call and {size} to compute; got"
        message += f" {measured} s. Expected clock, call, wait, clock; got {machine.log}"
        assert measured == calling + size, message
        assert "wait" in machine.log, f"expected a wait for the result, got {machine.log}"


def timings(compute, x, runs, clock):
    """Return a list of `runs` times in seconds, one for each timed call compute(x).

    Each time lasts from the call until its result is computed. No timed call compiles, and the
    device is idle before each of them.
    """
    # TODO: call once and wait, without timing it; then time `runs` calls
    raise NotImplementedError


def test_the_first_call_also_compiles_and_is_not_timed():
    """The first call with a new shape traces and compiles.

    That can take hundreds of times longer than one execution. So call the function once before you
    measure, and wait for the result. Otherwise the first timed call has to wait for it.
    """
    for calling, size, runs in ((0.25, 8, 3), (0.5, 3, 2)):
        machine = Machine(calling, compiling=50.0)
        measured = timings(machine.compute, np.ones(size), runs, machine.clock)
        times = [float(time) for time in np.ravel(measured)]
        message = f"expected {runs} times of {calling + size} s, got {times}; compiling takes 50 s."
        assert times == [calling + size] * runs, f"{message} Log: {machine.log}"
        count = machine.log.count("clock")
        message = f"expected a separate time per call, so more than {runs} calls of clock(),"
        message += f" got {count}"
        assert count > runs, message


def train(step, p, steps):
    """Return p after `steps` steps, and the losses of all steps in order, in a list or one array.

    The losses stay arrays: nothing converts them to Python numbers, and nothing waits for them.
    step(p) returns the next p, and the loss at p, a scalar array.
    """
    # TODO: do not wait for any value
    losses = []
    for _ in range(steps):
        p, loss = step(p)
        losses.append(float(loss))
    return p, losses


def test_a_training_loop_keeps_losses_as_arrays():
    """float(loss) waits for the value, and meanwhile the device gets no new work.

    Keep the losses as arrays, and let the caller convert them after the training. This koan also
    traces `train` with jax.make_jaxpr. That raises an error if the loop needs a value.
    """
    step = executed(lambda p: (0.5 * p, jnp.sum(p**2)))
    start = jnp.array([8.0, -4.0])

    jax.make_jaxpr(lambda p: train(step, p, 2))(start)
    before = step.runs()
    p, losses = train(step, start, 3)
    message = "expected the pair of p after 3 steps and the losses"
    assert_allclose(p, [1.0, -0.5], rtol=1e-5, err_msg=message)
    assert np.shape(losses) == (3,), f"expected 3 losses for 3 steps, got shape {np.shape(losses)}"
    assert_allclose(losses, [80.0, 20.0, 5.0], rtol=1e-5, err_msg="the loss before each step")
    ran = step.runs() - before
    assert ran == 3, f"expected 3 executions of `step` for 3 steps, got {ran}"

    machine = Machine(0.25)

    def slow(p):
        compiled = isinstance(p, jax.core.Tracer)  # such as in lax.scan, which cannot wait
        return p, jnp.sum(p) if compiled else machine.compute(p)

    began = machine.now
    train(slow, np.ones(8), 4)
    spent = machine.now - began
    assert spent <= 1, f"expected at most 1 s for 4 calls, got {spent} s; log: {machine.log}"


def test_no_tracing_turns_a_new_trace_into_an_error():
    """Inside `with jax.no_tracing():` a new trace raises RuntimeError.

    Elsewhere jit retraces silently. A call that has been traced before runs as usual, except if the
    function contains a jax.debug.print. Outside jit, JAX traces an operation when it is new, and
    this raises the error too.
    """
    damp = counted(lambda speed: 0.5 * speed)
    compiled = jax.jit(damp)
    three, four = jnp.array([2.0, -4.0, 6.0]), jnp.array([1.0, 3.0, 5.0, 7.0])

    compiled(three)
    with jax.no_tracing():
        again = compiled(three)
        with pytest.raises(RuntimeError):
            compiled(four)
    assert again.tolist() == __
    assert damp.count == __
    compiled(four)
    assert damp.count == __


def hot_loop(step, state, iterations):
    """Return the state after `iterations` compiled calls state = step(state).

    `iterations` is at least 1. The first call may trace. A new trace in a later call raises
    RuntimeError, because of jax.no_tracing.
    """
    # TODO: guard all iterations but the first with jax.no_tracing()
    raise NotImplementedError


def test_no_tracing_guards_a_loop_against_retracing():
    """A step that changes the shape or the type of its state is traced again, silently.

    In a guarded loop, the new trace raises an error in the second iteration. An example is a Python
    number as the first state, which is weakly typed (chapter 03).
    """
    for start, iterations, end in (([8.0, -2.0], 1, [5.0, 0.0]), ([8.0, -2.0], 3, [2.75, 1.5])):
        step = counted(lambda speed: 0.5 * speed + 1)
        got = hot_loop(step, jnp.array(start), iterations)
        message = f"from {start}: expected the state after {iterations} iterations"
        assert_allclose(got, end, rtol=1e-5, err_msg=message)
        assert step.count == 1, f"expected 1 trace for {iterations} iterations, got {step.count}"

    drag = np.float32(0.5)
    changing = {
        "a step that appends an element": (lambda x: jnp.append(x, 0.0), jnp.array([1.0])),
        "a Python number, then a float32": (lambda speed: speed - drag * speed, 8.0),
    }
    for name, (step, start) in changing.items():
        for iterations, expected in ((1, "no error"), (3, "RuntimeError")):
            got = "no error"
            try:
                hot_loop(step, start, iterations)
            except Exception as error:
                got = type(error).__name__
            message = f"{name}, iterations={iterations}: expected {expected}, got {got}"
            assert got == expected, message


def compiled_ahead(function, shape, dtype):
    """Return `function`, compiled for a single argument: an array of this shape and dtype.

    It is compiled before any call, and not executed.
    """
    # TODO: trace and compile now, for a jax.ShapeDtypeStruct
    raise NotImplementedError


def test_ahead_of_time_compilation_fixes_shape_and_dtype():
    """Compile ahead of time if the first call must not wait for the compiler.

    With f = jax.jit(fun), `f.lower(x)` traces fun for an array like x; x may be a
    jax.ShapeDtypeStruct. `f.lower(x).compile()` returns the compiled function. It never traces
    again: an argument of another shape or dtype raises TypeError.
    """
    for shape, dtype in (((3,), np.float32), ((2, 2), np.int32)):
        traced = counted(lambda x: 3 * x - 1)
        model = executed(traced)
        compiled = compiled_ahead(model, shape, dtype)
        kind = type(compiled).__name__
        assert callable(compiled), f"expected a compiled function that can be called, got a {kind}"
        assert traced.count == 1, f"expected 1 trace before the first call, got {traced.count}"
        assert model.runs() == 0, f"expected no execution yet, got {model.runs()}"

        x = np.arange(-1, np.prod(shape) - 1).reshape(shape).astype(dtype)
        message = f"{x.dtype} of shape {shape}: expected 3 * x - 1"
        assert_allclose(compiled(x), 3 * x - 1, strict=True, err_msg=message)
        for other in (x[:-1], x.astype(np.int16)):
            got = "no error"
            try:
                compiled(other)
            except Exception as error:
                got = type(error).__name__
            message = f"{other.dtype} of shape {other.shape}, compiled for {x.dtype} of {shape}:"
            assert got == "TypeError", f"{message} expected TypeError, got {got}"
        assert traced.count == 1, f"expected no more traces, got {traced.count}"


# You can measure compiled code, and forbid retracing or compile ahead of time.
# Next: what makes compiled code faster, or smaller.
