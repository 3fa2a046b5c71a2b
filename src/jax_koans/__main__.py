"""`python -m jax_koans` is the `koans` command, for machines where that is not on the PATH."""

import sys

from jax_koans.i18n import _


def main() -> None:
    """Run the command; what it needs and does not find is one message, not a traceback."""
    try:
        from jax_koans.cli import main as command
    except ModuleNotFoundError as error:
        if (error.name or "jax_koans").startswith("jax_koans"):
            raise
        text = _(
            "{name} is not installed in this Python. Install it:\n  {python} -m pip install {name}"
        )
        print(text.format(name=error.name, python=sys.executable), file=sys.stderr)
        raise SystemExit(2) from None
    command()


if __name__ == "__main__":
    main()
