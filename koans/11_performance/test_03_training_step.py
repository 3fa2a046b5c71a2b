"""A training step: one state, one compiled function, and a donated state in a loop."""

import warnings

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from jax_koans import counted


def loss(params, batch):
    """Return the mean squared error of the linear model x @ weights + offset for batch = (x, y)."""
    x, y = batch
    return jnp.mean((jnp.sum(x * params["weights"], axis=1) + params["offset"] - y) ** 2)


def measurements(rows):
    """Return x and y = x[:, 0] - 2 x[:, 1] + 3, float32 arrays of shapes (rows, 2) and (rows,)."""
    x = np.cos(np.arange(1, 2 * rows + 1, dtype=np.float32)).reshape(rows, 2)
    return x, x[:, 0] - 2 * x[:, 1] + 3


def zero_params():
    return {"offset": jnp.float32(0), "weights": jnp.zeros(2, jnp.float32)}


def momentum_step(state, batch):
    """Return the next state, and the loss at the old parameters.

    `state` has the keys "params" and "velocity", two pytrees of the same structure. Let g be the
    gradient of loss(params, batch) with respect to params. The next velocity is 0.9 * velocity + g,
    and the next params are params - 0.1 * next velocity.
    """
    # TODO: use jax.value_and_grad and jax.tree.map; return a new state
    raise NotImplementedError


def test_a_training_step_maps_a_state_to_the_next_state():
    """A training step is a pure function: from a state and a batch to the next state and the loss.

    The state is one pytree. It holds the parameters and the optimizer's state, here a velocity. So
    jit, donation and scan can treat it as a single argument.
    """
    x, y = measurements(5)
    params = {"offset": jnp.float32(0.5), "weights": jnp.array([2.0, -1.0], jnp.float32)}
    velocity = {"offset": jnp.float32(-1), "weights": jnp.array([0.5, 4.0], jnp.float32)}
    state = {"params": params, "velocity": velocity}

    before = jax.tree.leaves(state)

    new, error = jax.jit(lambda batch: momentum_step(state, batch))((x, y))

    structure = jax.tree.structure(state)
    assert jax.tree.structure(new) == structure, f"expected the structure {structure}, got {new}"
    residual = x @ np.array([2.0, -1.0], np.float32) + 0.5 - y
    message = "expected the loss at the old parameters"
    assert_allclose(error, np.mean(residual**2), rtol=1e-4, err_msg=message)
    offset_velocity = -0.9 + 2 * np.mean(residual)
    weights_velocity = 0.9 * np.array([0.5, 4.0]) + 2 * np.mean(residual[:, None] * x, axis=0)
    got = new["velocity"]
    message = "the velocity: expected 0.9 * velocity + gradient"
    assert_allclose(got["offset"], offset_velocity, rtol=1e-4, err_msg=message)
    assert_allclose(got["weights"], weights_velocity, rtol=1e-4, err_msg=message)
    got = new["params"]
    message = "the params: expected params - 0.1 * next velocity"
    assert_allclose(got["offset"], 0.5 - 0.1 * offset_velocity, rtol=1e-4, err_msg=message)
    expected = [2.0, -1.0] - 0.1 * weights_velocity
    assert_allclose(got["weights"], expected, rtol=1e-4, err_msg=message)
    after = jax.tree.leaves(state)
    same = len(after) == 4 and all(a is b for a, b in zip(after, before, strict=True))
    assert same, "expected a new state, but the argument `state` was changed"


def minibatches(x, size):
    """Return the rows of x in batches of `size` rows, in order: shape (batches, size, ...).

    Rows that do not fill a batch are dropped.
    """
    # TODO: return batches of one shape only
    return [x[i : i + size] for i in range(0, len(x), size)]


def test_minibatches_of_one_shape_need_one_trace():
    """A smaller last batch has a new shape, so jit traces and compiles the step once more for it.

    Drop the incomplete batch. If you shuffle the rows before each pass over the data, each pass
    drops different rows.
    """
    for rows, size in ((10, 4), (9, 3), (5, 4)):
        step = counted(lambda x, y: jnp.sum(x) + jnp.sum(y))
        compiled = jax.jit(step)
        x, y = measurements(rows)
        count = rows // size
        for each in (x, y):
            got, expected = minibatches(each, size), each[: count * size]
            expected = expected.reshape(count, size, *each.shape[1:])
            shapes = [np.shape(batch) for batch in got]
            message = f"{rows} rows in batches of {size}: expected the shape {expected.shape}"
            assert shapes == [batch.shape for batch in expected], f"{message}, got batches {shapes}"
            assert_allclose(np.asarray(got), expected, err_msg="expected the rows in order")
        for batch in zip(minibatches(x, size), minibatches(y, size), strict=True):
            compiled(*batch)
        assert step.count == 1, (
            f"{rows} rows in batches of {size}: expected 1 trace, got {step.count}"
        )


def fit(step, state, batches):
    """Return the state after one compiled call of step(state, batch) per batch, and all losses.

    step(state, batch) returns the next state and the loss. Each state is donated to its step. The
    losses are a list or an array; they are not converted to Python numbers.
    """
    # TODO: compile `step` once, and donate the state
    losses = []
    for batch in batches:
        state, error = step(state, batch)
        losses.append(error)
    return state, losses


def test_a_training_loop_donates_its_state():
    """Donation lets the next state reuse the memory of the old one, leaf by leaf.

    Donate argument 0, the state, and nothing else: the batches are used again in the next pass.
    """
    x, y = (jnp.asarray(each) for each in measurements(12))
    batches = [(x[i : i + 4], y[i : i + 4]) for i in (0, 4, 8)]

    def plain_step(state, batch):
        error, gradient = jax.value_and_grad(loss)(state["params"], batch)
        params = jax.tree.map(lambda p, g: p - 0.25 * g, state["params"], gradient)
        return {"params": params, "steps": state["steps"] + 1}, error

    state = expected = {"params": zero_params(), "steps": jnp.int32(0)}
    errors = []
    for batch in batches:
        expected, error = jax.jit(plain_step)(expected, batch)
        errors.append(error)
    step = counted(plain_step)

    with warnings.catch_warnings():
        # JAX warns about a donated array whose memory it cannot reuse.
        warnings.simplefilter("error", UserWarning)
        got, losses = fit(step, state, batches)

    assert_allclose(losses, errors, rtol=1e-4, err_msg="expected one loss per batch, in order")
    kinds = {type(each).__name__ for each in losses}
    assert all(isinstance(each, jax.Array) for each in losses), f"expected jax.Arrays, got {kinds}"
    assert int(got["steps"]) == 3, f"expected 3 steps for 3 batches, got {got['steps']}"
    for key in ("offset", "weights"):
        message = f"params[{key!r}] after 3 steps"
        assert_allclose(got["params"][key], expected["params"][key], rtol=1e-4, err_msg=message)
    assert step.count == 1, f"expected 1 trace for 3 batches, got {step.count}"
    deleted = [leaf.is_deleted() for leaf in jax.tree.leaves(state)]
    assert all(deleted), f"expected a donated state, got is_deleted() = {deleted} for its leaves"
    deleted = [leaf.is_deleted() for leaf in jax.tree.leaves(batches)]
    assert not any(deleted), "expected batches that can be used again, but they are deleted"


def averaging_state(params):
    """Return a state that can be donated: {"params": ..., "average": ...}, both equal to `params`.

    The step below moves "average" slowly towards the parameters.
    """
    # TODO: make each leaf of "average" a new array
    return {"params": params, "average": params}


def test_an_array_must_not_be_donated_twice():
    """A donated pytree must hold each array only once: its memory can be reused for one output.

    The state of an optimizer often starts with copies of the parameters. Each copy needs separate
    memory. A second name, or jnp.asarray, gives the same array.
    """
    x, y = measurements(8)

    def step(state):
        gradient = jax.grad(loss)(state["params"], (x, y))
        params = jax.tree.map(lambda p, g: p - 0.25 * g, state["params"], gradient)
        average = jax.tree.map(lambda a, p: 0.5 * a + 0.5 * p, state["average"], params)
        return {"params": params, "average": average}

    for offset in (0.0, -2.0):
        params = zero_params() | {"offset": jnp.float32(offset)}
        state = averaging_state(params)
        for key in ("params", "average"):
            got = [np.asarray(state[key][name]).tolist() for name in ("offset", "weights")]
            message = f"the start: expected {key!r} to equal params, got {got}"
            assert got == [offset, [0.0, 0.0]], message
        expected = jax.jit(step)(jax.jit(step)(state))
        compiled = jax.jit(step, donate_argnums=0)

        problem = None
        try:
            got = compiled(compiled(state))
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
        assert problem is None, f"expected a state that can be donated, got {problem}"

        for key in ("params", "average"):
            for name in ("offset", "weights"):
                message = f"{key}[{name!r}] after 2 steps"
                assert_allclose(got[key][name], expected[key][name], rtol=1e-4, err_msg=message)


# You can write a training step that compiles once and needs memory for one state.
# Next, in chapter 12: the same code on many devices.
