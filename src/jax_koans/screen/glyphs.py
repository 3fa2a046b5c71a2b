"""The signs of a screen, and what stands for them where the encoding has none."""

from dataclasses import dataclass

from jax_koans.screen.text import can_show


@dataclass(frozen=True)
class Glyphs:
    """One sign for each meaning."""

    passed: str
    here: str
    waiting: str
    star: str
    empty: str
    slash: str

    @classmethod
    def fit(cls, encoding: str | None) -> "Glyphs":
        fancy = cls("✓", "▸", "·", "★", "☆", "»")
        plain = cls("+", ">", ".", "*", ".", "/")
        return fancy if can_show("".join(vars(fancy).values()), encoding) else plain
