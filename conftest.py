"""The switch: on which device, and in which precision, all koans run.

    pytest koans/03_jit                  on the CPU, in float32
    pytest koans/03_jit --x64            on the CPU, in float64
    pytest koans/03_jit --device gpu     on a GPU (or tpu), in float32

Instead of the options, set KOANS_DEVICE and KOANS_X64 in the environment, or koans_device and
koans_x64 in the pytest section of pyproject.toml.

It is a lesson too: in your own program these are the lines that decide the same things.
They work because JAX starts its devices at the first computation, not at `import jax`.
"""

import os

import pytest

from jax_koans import switch

pytest_plugins = ["jax_koans.plugin"]  # what judges your answers


def pytest_addoption(parser: pytest.Parser) -> None:
    switch.add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.option.help:
        return
    choice = switch.choose(config)
    # Take GPU memory as it is needed, not most of it at the start: others may share the card.
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    jax = switch.import_jax()
    # Said either way: JAX_ENABLE_X64 from somebody's shell profile must not decide.
    jax.config.update("jax_enable_x64", choice.x64)
    # GPUs and TPUs round the factors of a matrix product unless they are told not to.
    jax.config.update("jax_default_matmul_precision", "highest")
    if choice.device == "cpu":
        jax.config.update("jax_platforms", "cpu")
    # A GPU or TPU is never named: where it is missing JAX silently falls back to the CPU.
    # So the choice is left to JAX, and checked.
    if jax.config.jax_num_cpu_devices != switch.CPU_DEVICES:
        jax.config.update("jax_num_cpu_devices", switch.CPU_DEVICES)
    switch.require(choice)
    config.stash[switch.CHOICE] = choice
