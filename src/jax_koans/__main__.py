"""`python -m jax_koans` is the `koans` command, for machines where that is not on the PATH."""

import sys
from typing import NoReturn

from jax_koans.i18n import _


def main() -> None:
    """Run the command; what cannot be done, or is not there, is one message and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # narrow encodings have no signs for some glyphs
    try:
        from jax_koans.cli import app
        from jax_koans.course.path import PathError
        from jax_koans.source import SourceError
    except ModuleNotFoundError as error:
        if (error.name or "jax_koans").startswith("jax_koans"):
            raise
        text = _(
            "{name} is not installed in this Python. Install it:\n  {python} -m pip install {name}"
        )
        _fail(text.format(name=error.name, python=sys.executable))
    try:
        app(prog_name="koans")
    except OSError as error:
        if not (error.filename and error.strerror):
            _fail(str(error))
        text = _("{file}: {reason}. Fix that, and run this again.")
        _fail(text.format(file=error.filename, reason=error.strerror))
    except (PathError, SourceError) as error:
        _fail(str(error))


def _fail(text: str) -> NoReturn:
    print(text, file=sys.stderr)
    raise SystemExit(2) from None


if __name__ == "__main__":
    main()
