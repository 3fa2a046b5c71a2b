"""What a timer measures, and how not to wait, or compile, where speed counts.

No koan here looks at a real clock. `Machine` pretends to be a device, and its clock is exact.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from jax_koans import __, counted, executed


class Machine:
    """A device with a clock of its own: a call costs `calling` seconds, each number in x one more.

    `program` works as a compiled function does. The first call with a shape also compiles. Every
    call sets the device to work and answers at once, with a Result that is ready when that is done.
    """

    def __init__(self, calling, compiling=0.0):
        self.calling, self.compiling = calling, compiling
        self.now = self.done = 100.0
        self.log, self.shapes = [], set()

    def clock(self):
        self.log.append("clock")
        return self.now

    def program(self, x):
        if self.compiling and np.shape(x) not in self.shapes:
            self.log.append("compile")
            self.now += self.compiling
        self.shapes.add(np.shape(x))
        self.log.append("call")
        self.now += self.calling
        self.done = max(self.now, self.done) + len(x)
        return Result(self)


class Result:
    """An array whose numbers are on their way. Whoever looks at them waits until they are there."""

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

    def __jax_array__(self):  # for jnp, which sets the device to work and does not wait
        return jnp.zeros(())


def seconds(program, x, clock):
    """The time from the call program(x) until the numbers of its result are there.

    clock() tells the time in seconds, as `time.perf_counter()` does.
    """
    # BEGIN PROMPT: look at the clock, call, and look again when the numbers are there
    # BEGIN SOLUTION
    start = clock()
    jax.block_until_ready(program(x))
    return clock() - start
    # END SOLUTION


def test_a_timer_waits_for_the_result():
    """A compiled function gives its work to the device and answers at once: the numbers follow.
    Your program may go on meanwhile. A timer may not, or it measures how long it takes to ask.

    `jax.block_until_ready(y)` waits for the numbers of y, and answers with y.
    """
    # HINT: clock, call, clock is not enough: what stands between the call and the second clock?
    # HINT: Wait for the result. np.asarray(y) and jax.device_get(y) wait too, but they also copy.
    # HINT: jax.block_until_ready(program(x)), between the two looks at the clock.
    for calling, size in ((0.25, 8), (0.5, 3)):
        machine = Machine(calling)
        measured = seconds(machine.program, np.ones(size), machine.clock)
        why = f"{calling} s to call and {size} s to work. The order is clock(), call, wait for the"
        why += f" numbers, clock(); yours was {machine.log}"
        assert measured == calling + size, f"the timer says {measured} s, but it takes {why}"
        assert "wait" in machine.log, f"nobody waited for the numbers: {machine.log}"


def timings(program, x, runs, clock):
    """The seconds of `runs` calls of program(x), one after the other, as a list.

    Each of them is timed until its numbers are there. None of them has to compile, and the device
    is free when each begins.
    """
    # BEGIN PROMPT: warm up, then measure
    # BEGIN SOLUTION
    jax.block_until_ready(program(x))
    times = []
    for _ in range(runs):
        start = clock()
        jax.block_until_ready(program(x))
        times.append(clock() - start)
    return times
    # END SOLUTION


def test_the_first_call_also_compiles_and_is_not_timed():
    """The first call traces and compiles, often longer than a thousand runs take. And what it has
    asked for must be done before the first clock, or that run waits for it.
    """
    # HINT: One call more than `runs`, whose time is not in the list.
    # HINT: Wait for the result of the first call too: the device does one thing after the other.
    # HINT: jax.block_until_ready(program(x)), and then the loop with clock, call, wait, clock.
    for calling, size, runs in ((0.25, 8, 3), (0.5, 3, 2)):
        machine = Machine(calling, compiling=50.0)
        measured = timings(machine.program, np.ones(size), runs, machine.clock)
        times = [float(time) for time in np.ravel(measured)]
        why = f"{runs} runs of {calling + size} s, 50 s to compile a shape; it did {machine.log}"
        assert times == [calling + size] * runs, f"your times are {times}, but there were {why}"
        asked = machine.log.count("clock")
        why = f"each run has a time of its own: {asked} looks at the clock in {runs} runs tell none"
        assert asked > runs, why


def train(step, p, steps):
    """p after all steps, and the losses of all of them, as JAX gave them, in a list.

    step(p) is a pair: the next p, and the loss at p.
    """
    # BEGIN PROMPT: ask for no number while the loop runs
    # losses = []
    # for _ in range(steps):
    #     p, loss = step(p)
    #     losses.append(float(loss))
    # return p, losses
    # BEGIN SOLUTION
    losses = []
    for _ in range(steps):
        p, loss = step(p)
        losses.append(loss)
    return p, losses
    # END SOLUTION


def test_a_training_loop_keeps_losses_as_arrays():
    """float(loss) waits for the number, and meanwhile the device gets no new work. So keep the
    losses as arrays, and look at them when the loop is over, or every hundred steps.

    A loop that asks for no number can be traced, too: that is a way to find out.
    """
    # HINT: Read the error: which line wants a number? What would be lost without its float?
    # HINT: float, .item(), print, np.asarray and jax.device_get all wait. A list takes arrays too.
    # HINT: losses.append(loss)
    step = counted(lambda p: (0.5 * p, jnp.sum(p**2)))
    start = jnp.array([8.0, -4.0])

    jax.make_jaxpr(lambda p: train(step, p, 2))(start)  # in here no number can be had
    step.count = 0
    p, losses = train(step, start, 3)
    kind = type(losses).__name__
    assert isinstance(losses, list), f"expected the pair of p and a list of losses, not a {kind}"
    message = "p after 3 steps, each of which goes on from the p of the one before"
    assert_allclose(p, [1.0, -0.5], rtol=1e-5, err_msg=message)
    assert_allclose(losses, [80.0, 20.0, 5.0], rtol=1e-5, err_msg="the loss before each step")
    assert step.count == 3, f"3 steps were asked for, {step.count} were made"

    machine = Machine(0.25)
    began = machine.now
    train(lambda p: (p, machine.program(p)), np.ones(8), 4)
    spent = machine.now - began
    assert spent == 1, f"4 calls take 1 s, yet the loop took {spent} s; it did {machine.log}"


def test_no_tracing_turns_a_new_trace_into_an_error():
    """A silent retrace can make a loop a thousand times slower. Inside `with jax.no_tracing():` it
    is an error instead, Python's own for what goes wrong only when it runs. What has been traced
    before runs as always.

    An operation outside of jit is a small compiled function too: a new one is refused as well.
    """
    # HINT: Which of the two shapes has been traced before the block?
    # HINT: The error says "run time" in its name. It comes before the body runs.
    # HINT: RuntimeError. After the block the count is still 1; then the new shape is traced.
    damp = counted(lambda speed: 0.5 * speed)
    compiled = jax.jit(damp)
    three, four = jnp.array([2.0, -4.0, 6.0]), jnp.array([1.0, 3.0, 5.0, 7.0])

    compiled(three)
    with jax.no_tracing():
        again = compiled(three)
        with pytest.raises(Exception) as met:
            compiled(four)
    assert met.type is __(RuntimeError)
    assert again.tolist() == __([1.0, -2.0, 3.0])
    assert damp.count == __(1)
    compiled(four)
    assert damp.count == __(2)


def hot_loop(step, state, turns):
    """The state after `turns` turns of state = step(state), compiled; there is at least one.

    The first turn may trace. A trace in a later one is an error, by jax.no_tracing.
    """
    # BEGIN PROMPT: guard the turns that must be fast
    # BEGIN SOLUTION
    compiled = jax.jit(step)
    state = compiled(state)
    with jax.no_tracing():
        for _ in range(turns - 1):
            state = compiled(state)
    return state
    # END SOLUTION


def test_no_tracing_guards_a_loop_against_retracing():
    """Whoever writes a step that changes the shape, or the type, is told at the second turn.

    One such step is chapter 03's: a Python number goes in, and a strong number comes out.
    """
    # HINT: Compile the step, and make the first turn before the guard.
    # HINT: The other turns - 1 turns stand in the block `with jax.no_tracing():`.
    # HINT: Call jax.jit once. The guarded line is state = compiled(state), and no other operation.
    for start, turns, end in (([8.0, -2.0], 1, [5.0, 0.0]), ([8.0, -2.0], 3, [2.75, 1.5])):
        step = counted(lambda speed: 0.5 * speed + 1)
        found = hot_loop(step, jnp.array(start), turns)
        assert_allclose(found, end, rtol=1e-5, err_msg=f"from {start}, after {turns} turns")
        assert step.count == 1, f"{step.count} runs of the Python body; compiled, one shape has one"

    drag = np.float32(0.5)
    changing = {
        "a result longer than the state": (lambda x: jnp.append(x, 0.0), jnp.array([1.0])),
        "a Python number, then a strong float32": (lambda speed: speed - drag * speed, 8.0),
    }
    for what, (step, start) in changing.items():
        for turns, wanted in ((1, "no error"), (3, RuntimeError)):  # a single turn is in order
            met = "no error"
            try:
                hot_loop(step, start, turns)
            except Exception as error:
                met = type(error)
            why = f"expected {wanted}, met {met}; turns after the first are to be guarded by"
            assert met is wanted, f"{what}, turns: {turns}: {why} `with jax.no_tracing():`"


def compiled_ahead(function, shape, dtype):
    """`function`, compiled before any call, for one array of this shape and dtype and no other.

    No such array exists yet, and nothing is run.
    """
    # BEGIN PROMPT: trace and compile now
    # BEGIN SOLUTION
    return jax.jit(function).lower(jax.ShapeDtypeStruct(shape, dtype)).compile()
    # END SOLUTION


def test_ahead_of_time_compilation_fixes_shape_and_dtype():
    """An experiment should not stop to compile when its first reading comes in.

    A compiled function f has f.lower(x), which traces for arguments like x, or like a
    jax.ShapeDtypeStruct (chapter 02) in place of x; `.compile()`, of what that answers, makes the
    program. It never traces again: anything else is refused.
    """
    # HINT: From chapter 02: jax.ShapeDtypeStruct(shape, dtype) stands for an array.
    # HINT: First jax.jit, then .lower of the stand-in, then .compile without arguments.
    # HINT: jax.jit(function).lower(...).compile()
    for shape, dtype in (((3,), np.float32), ((2, 2), np.int32)):
        traced = counted(lambda x: 3 * x - 1)
        model = executed(traced)
        program = compiled_ahead(model, shape, dtype)
        made = type(program).__name__
        assert callable(program), f"expected a compiled program, which can be called, not a {made}"
        assert traced.count == 1, f"{traced.count} traces before the first call; expected one"
        assert model.runs() == 0, "to compile is not to run: no numbers were given"

        x = np.arange(-1, np.prod(shape) - 1).reshape(shape).astype(dtype)
        assert_allclose(program(x), 3 * x - 1, strict=True, err_msg=f"{dtype} of shape {shape}")
        for other in (x[:-1], x.astype(np.int16)):
            met = "no error"
            try:
                program(other)
            except Exception as error:
                met = type(error)
            what = f"{other.dtype} of shape {other.shape}, compiled for {x.dtype} of {x.shape}"
            assert met is TypeError, f"{what}: expected a TypeError, met {met}"
        assert traced.count == 1, f"{traced.count} traces: a program made ahead never traces"


# You can measure what you mean, and forbid or forestall what you do not want to pay for.
# Next: what makes a program faster, or smaller.
