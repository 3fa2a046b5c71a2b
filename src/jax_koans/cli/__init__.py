"""The `koans` command."""

# Each registers its commands; --help lists them in this order.
# isort: off
from jax_koans.cli import learn  # noqa: F401
from jax_koans.cli import folder  # noqa: F401
from jax_koans.cli import attend  # noqa: F401
from jax_koans.cli import teach  # noqa: F401
from jax_koans.cli import author  # noqa: F401

# isort: on
from jax_koans.cli.app import app

__all__ = ["app"]
