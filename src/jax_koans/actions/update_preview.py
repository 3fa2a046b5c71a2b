"""What `koans update` will do, and what to do when it is done, as a person reads it."""

from collections.abc import Iterator, Sequence

from jax_koans.actions.update import Kind, Renewal
from jax_koans.i18n import _, plural
from jax_koans.screen.text import Text

_MOST = 8  # of a file's lines to show


def told(renewals: Sequence[Renewal]) -> list[Text | str]:
    """A preview for people: file by file where something of theirs is at stake."""
    lines: list[Text | str] = []
    for kind in Kind:
        chosen = [each for each in renewals if each.kind is kind]
        if chosen:
            lines.append(Text().add(kind.value, bold=True))
        for each in chosen:
            lines.append(f"  {each.file}" + (f"  {each.reason}" if each.reason else ""))
            lines += _told_lost(each)
        lines += [""] if chosen else []
    return lines


def _told_lost(renewal: Renewal) -> Iterator[Text]:
    if not renewal.aside:
        return
    if renewal.lost:
        yield Text().add("    " + _("What has no place in the new text:"))
    for number, line in renewal.lost[:_MOST]:
        yield Text().add(f"    {number:>5}  {line}", light=True)
    if (more := len(renewal.lost) - _MOST) > 0:
        text = plural("and {count} more line", "and {count} more lines", more)
        yield Text().add("           " + text.format(count=more), light=True)
    yield Text().add("    " + _("Your whole file is kept in {file}").format(file=renewal.aside))


def afterwards(renewals: Sequence[Renewal]) -> list[Text | str]:
    """What to do when an update is done."""
    again = [(name, each.file) for each in renewals for name in each.again]
    if not again:
        return []
    lines: list[Text | str] = ["", Text().add(_("Passed earlier, check again:"), bold=True)]
    lines += [f"  {name}" for name, _file in again]
    files = dict.fromkeys(file for _name, file in again)
    return [*lines, "  pytest " + " ".join(files)]
