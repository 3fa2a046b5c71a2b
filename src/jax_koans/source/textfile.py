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


def read_bytes_or_none(path: Path) -> bytes | None:
    """A file's bytes; None where there is no file. Raises OSError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def text_of(data: bytes) -> str:
    """The text of bytes that should be UTF-8; what is not survives being written back."""
    return data.decode("utf-8", "surrogateescape")


def like(text: str, old: str) -> str:
    """A text with the line ends and the byte order mark of an older one."""
    first = _LINE_END.search(old)
    plain = _LINE_END.sub(first[0] if first else "\n", text.removeprefix(_BOM))
    return (_BOM if old.startswith(_BOM) else "") + plain


def text_hash(text: str) -> str:
    """A hash of a text that ignores its line ends and byte order mark."""
    normal = _LINE_END.sub("\n", text.removeprefix(_BOM))
    return hashlib.sha256(normal.encode("utf-8", "surrogatepass")).hexdigest()
