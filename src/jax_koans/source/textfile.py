"""A text file as bytes and as text: UTF-8, its line ends, its byte order mark."""

import hashlib
from pathlib import Path

from jax_koans.source.text import Source


def read_text(path: Path) -> str:
    """A UTF-8 file's text, its line ends as they are. Raises OSError, UnicodeDecodeError."""
    return path.read_bytes().decode("utf-8")


def text_or_none(path: Path) -> str | None:
    """A file's text, None where there is no file; what is not UTF-8 survives being written back."""
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None


def like(text: str, old: str) -> str:
    """A text with the line ends and the byte order mark of an older one."""
    model = Source.read(old)
    return model.bom + Source.read(text).with_newlines(model.newline).text


def text_hash(text: str) -> str:
    """A hash of a text that ignores its line ends and byte order mark."""
    normal = Source.read(text).with_newlines("\n").text
    return hashlib.sha256(normal.encode("utf-8", "surrogatepass")).hexdigest()
