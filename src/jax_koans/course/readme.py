"""What `koans build` writes into READMEs: counts, tracks and minutes."""

import re

from jax_koans.course.path import Workspace
from jax_koans.course.track import koans_on_track, track_names
from jax_koans.source import spots
from jax_koans.source.textfile import read_text

# Minutes for a koan: to predict its values, to write its code.
_PREDICT, _WRITE = 3, 6
_LESSON = 5  # minutes to read a chapter's README


def lesson(workspace: Workspace, chapter: str, text: str) -> str:
    """A chapter's README, with what stands between its marks `koans`."""
    names = [koan.name for koan in workspace.koans if koan.chapter == chapter]
    minutes = _LESSON + sum(_minutes(workspace, file) for file in workspace.files_in(chapter))
    lines = [f"**{len(names)} koans, about {5 * round(minutes / 5)} minutes.**"]
    for track in tracks(workspace):
        listed = [name for name in koans_on_track(workspace, track) if name in names]
        if listed:
            koans = ", ".join(f"`{name}`" for name in listed)
            lines.append(f"On the track `{track}` ({len(listed)}): {koans}.")
    return _between(text, "koans", "\n\n".join(lines))


def overview(workspace: Workspace, text: str) -> str:
    """The path's README, with a table of its chapters between its marks `path`."""
    listed = {track: set(koans_on_track(workspace, track)) for track in tracks(workspace)}
    rows = [["chapter", "koans", *listed], ["---"] * (2 + len(listed))]
    chapters = dict.fromkeys(koan.chapter for koan in workspace.koans)
    for chapter in [*chapters, ""]:
        names = {koan.name for koan in workspace.koans if chapter in (koan.chapter, "")}
        counts = [names, *(names & track for track in listed.values())]
        title = f"[{_title(workspace, chapter)}](koans/{chapter}/README.md)" if chapter else ""
        rows.append([title, *(str(len(count)) for count in counts)])
    return _between(text, "path", "\n".join("| " + " | ".join(row) + " |" for row in rows))


def tracks(workspace: Workspace) -> list[str]:
    """The names of the path's tracks, the shortest first."""
    return sorted(track_names(workspace), key=lambda name: len(koans_on_track(workspace, name)))


def _title(workspace: Workspace, chapter: str) -> str:
    readme = workspace.solutions_dir / chapter / "README.md"
    first = read_text(readme).partition("\n")[0] if readme.is_file() else ""
    return first.removeprefix("# ") or chapter


def _minutes(workspace: Workspace, file: str) -> int:
    """How long the koans of a file take: each blank's koan, and each region."""
    places = spots(workspace.solution(file))
    predicted = {spot.koan for spot in places if spot.kind == "blank"}
    written = {spot.names for spot in places if spot.kind == "region"}
    return _PREDICT * len(predicted) + _WRITE * len(written)


def _between(text: str, mark: str, filling: str) -> str:
    """A text with what stands between two marks replaced; unchanged where it has no such marks."""
    begin, end = f"<!-- {mark} -->\n", f"<!-- end of {mark} -->"
    part = re.compile(f"({re.escape(begin)}).*?({re.escape(end)})", re.DOTALL)
    return part.sub(lambda match: f"{match[1]}{filling}\n{match[2]}", text)
