"""Text for people, translatable: whole sentences, looked up as they stand in the code."""

import gettext
from pathlib import Path

_translation = gettext.translation("jax_koans", Path(__file__).parent / "locale", fallback=True)

_ = _translation.gettext
plural = _translation.ngettext
