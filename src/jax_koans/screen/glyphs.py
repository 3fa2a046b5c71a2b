"""The signs of a screen, and what stands for them where the encoding has none."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Glyphs:
    """The signs of a screen; `plain` where the encoding has no others."""

    passed: str
    here: str
    waiting: str
    star: str
    empty: str
    slash: str
    given_up: str
    changed: str

    @classmethod
    def fit(cls, encoding: str | None) -> "Glyphs":
        fancy = cls("✓", "▸", "·", "★", "☆", "»", "○", "≠")
        try:
            "".join(vars(fancy).values()).encode(encoding or "ascii")
        except (UnicodeEncodeError, LookupError):
            return cls("+", ">", ".", "*", ".", "/", "o", "!")
        return fancy
