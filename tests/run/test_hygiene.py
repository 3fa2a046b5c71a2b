"""Whatever a koan does to JAX's options, the next one does not feel it."""

import pytest

CHANGES = """
import jax

for name, value in jax.config.values.items():
    changed = {
        bool: lambda: not value,
        str: lambda: {"jax_numpy_rank_promotion": "raise",
                      "jax_numpy_dtype_promotion": "strict",
                      "jax_default_matmul_precision": "bfloat16"}.get(name, value),
    }.get(type(value), lambda: value)()
    try:
        jax.config.update(name, changed)
    except Exception:
        pass
"""
MESH = """
jax.set_mesh(jax.make_mesh((8,), ("x",)))
"""
CLEAN = '''
import jax
import jax.numpy as jnp

from jax_koans import __


def test_nothing_is_left():
    """All as it was."""
    # HINT: Yes.
    # HINT: 2.
    assert jnp.ones(1).dtype == jnp.float32
    assert jax.config.jax_default_matmul_precision == "highest"
    assert not jax.config.jax_debug_nans
    assert not jax.config.jax_check_tracer_leaks
    assert not jax.config.jax_disable_jit
    assert jax.config.jax_numpy_rank_promotion == "allow"
    assert jax.sharding.get_abstract_mesh().empty
    assert jnp.ones(1).devices() == {jax.devices()[0]}
    traced = []
    jax.jit(lambda x: traced.append(x) or x)(1.0)
    jax.jit(lambda x: traced.append(x) or x)(2.0)
    assert jnp.log(jnp.zeros(1)).tolist() == [float("-inf")]
    assert len(traced) == __(2)
    # WHY: It is so.
'''


def koan(name, body):
    indented = "".join(f"    {line}\n" if line else "\n" for line in body.splitlines())
    return f'''
from jax_koans import __
import jax


def test_{name}():
    """Changes much."""
    # HINT: Two.
    # HINT: 2.
{indented}
    assert [1, 2][1] == __(2)
    # WHY: It is so.
'''


@pytest.mark.parametrize("order", ["reckless first", "module level"])
def test_a_reckless_koan_leaves_the_next_one_untouched(make_learner, order):
    inside = koan("reckless", CHANGES + MESH)
    if order == "module level":
        inside = CHANGES + MESH + koan("reckless", "")
    learner = make_learner({"01_one/test_01_reckless.py": inside, "01_one/test_02_clean.py": CLEAN})
    learner.write("01_one/test_01_reckless.py", inside)
    learner.write("01_one/test_02_clean.py", CLEAN)

    done = learner.pytest("koans", "-q", "--maxfail=0", "--tb=short")

    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_what_a_learner_switches_on_in_a_koan_holds_until_its_end(make_learner):
    text = koan(
        "late",
        """
jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
assert jnp.ones(1).dtype == jnp.float64
""",
    )
    learner = make_learner({"01_one/test_01_late.py": text, "01_one/test_02_clean.py": CLEAN})
    learner.write("01_one/test_01_late.py", text)
    learner.write("01_one/test_02_clean.py", CLEAN)

    assert "2 passed" in learner.pytest("koans", "-q").stdout
