"""Giving names in a text other names, where a newer solution has renamed them."""

import io
import tokenize
from collections.abc import Mapping

from jax_koans.source.text import Edit, Source


def rename(text: str, names: Mapping[str, str]) -> str:
    """A text with each of these names, old -> new, but not attributes or what stands in strings.

    Example:
        >>> rename("def test_old(): x.test_old()\\n", {"test_old": "test_new"})
        'def test_new(): x.test_old()\\n'
    """
    source = Source.read(text)
    if not names or not source.tree:
        return text
    edits: list[Edit] = []
    before = ""
    plain = "".join(line.rstrip("\r\n") + "\n" for line in source.lines)
    for token in tokenize.generate_tokens(io.StringIO(plain, newline="").readline):
        if token.type == tokenize.NAME and token.string in names and before != ".":
            line, column = token.start
            start = source.starts[line - 1] + column
            edits.append((start, start + len(token.string), names[token.string]))
        before = token.string
    return source.edited(edits)
