"""What the clinic finds: a misconception by name, why it goes wrong, and the usual mend."""

from dataclasses import dataclass

from jax_koans.clinic.catalogue import CATALOGUE

_DOCS = "https://docs.jax.dev/en/latest/"


@dataclass(frozen=True)
class Finding:
    """One finding: `misconception` is its id in the catalogue, `why` and `mend` are sentences."""

    misconception: str
    why: str
    mend: str

    @property
    def taught(self) -> str:
        """The koan that teaches it; empty where none does."""
        return CATALOGUE[self.misconception][0]

    @property
    def doc(self) -> str:
        """The address of the page about it; empty where it is plain Python."""
        page = CATALOGUE[self.misconception][1]
        return _DOCS + page if page else ""
