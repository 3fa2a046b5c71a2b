"""A text file as bytes and as text: UTF-8, its line ends, its byte order mark."""

import hashlib
import re
from pathlib import Path

_BOM = "\ufeff"
_LINE_END = re.compile(r"\r\n|\r|\n")  # as Python counts them


def read_text(path: Path) -> str:
    """A UTF-8 file's text with its line ends as they are.

    Raises:
        OSError, UnicodeDecodeError
    """
    return path.read_bytes().decode("utf-8")


def text_or_none(path: Path) -> str | None:
    """A file's text; None where there is no file. Raises OSError.

    What is not UTF-8 survives being written back.
    """
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None


def like(text: str, old: str) -> str:
    """A text with the line ends and the byte order mark of an older one."""
    first = _LINE_END.search(old)
    plain = _LINE_END.sub(first[0] if first else "\n", text.removeprefix(_BOM))
    return (_BOM if old.startswith(_BOM) else "") + plain


def text_hash(text: str) -> str:
    """A hash of a text that ignores its line ends and byte order mark."""
    normal = _LINE_END.sub("\n", text.removeprefix(_BOM))
    return hashlib.sha256(normal.encode("utf-8", "surrogatepass")).hexdigest()
