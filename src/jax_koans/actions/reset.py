"""Back to the untouched koan: one koan's part of its file, or whole files."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from jax_koans import source
from jax_koans.actions.build import locked
from jax_koans.course.path import KOANS, Koan, PathError, Workspace
from jax_koans.course.plan import Step
from jax_koans.folder import progress
from jax_koans.folder.backups import rewrite
from jax_koans.folder.state_dir import alone
from jax_koans.i18n import _
from jax_koans.source import SourceError, erase, parts
from jax_koans.source.textfile import like, read_text, text_or_none


@dataclass(frozen=True)
class Done:
    """The files written, relative to `koans/`, and other koans that a reset region serves."""

    files: list[str]
    backup: Path | None
    also: tuple[str, ...] = ()
    warning: str = ""


def reset_koan(workspace: Workspace, koan: Koan) -> Done:
    """Reset a koan's test and its regions, and forget that it passed, its hints, its giving up."""
    with alone(workspace):
        path = workspace.koans_dir / koan.file
        solution = workspace.solution(koan.file)
        try:
            old = read_text(path)
            new = source.reset(old, solution, koan.name)
        except (SourceError, UnicodeDecodeError, FileNotFoundError) as error:
            raise PathError(_why_not(koan, error)) from None
        also = parts(solution)[koan.name].also
        files = [] if new == old else [koan.file]
        backup = rewrite(workspace, {path: new}, {path}) if files else None
        return Done(files, backup, also, progress.forget(workspace, [koan.name]))


def reset_files(workspace: Workspace, files: Collection[str]) -> Done:
    """Make whole files again, and forget what is known of their koans."""
    with alone(workspace):
        steps = []
        texts: dict[Path, str | bytes | None] = {}
        for file in files:
            path, new = workspace.koans_dir / file, erase(workspace.solution(file))
            steps.append(Step(file, new, text_or_none(path), edited=True))
            if steps[-1].needed:
                texts[path] = like(new, steps[-1].old or "")
        texts |= locked(workspace, steps)
        backup = rewrite(workspace, texts, texts.keys())
        written = [step.file for step in steps if step.needed]
        koans = [koan.name for koan in workspace.koans if koan.file in files]
        return Done(written, backup, warning=progress.forget(workspace, koans))


def _why_not(koan: Koan, error: Exception) -> str:
    file = f"{KOANS}/{koan.file}"
    if isinstance(error, FileNotFoundError):
        why = _("{file} is not there.").format(file=file)
    elif isinstance(error, SourceError):
        why = f"{file}, {error}."
    else:
        why = _("{file} is not UTF-8 text.").format(file=file)
    whole = _("So this koan cannot be reset alone. The whole file, after a backup:")
    return f"{why}\n{whole}\n  koans reset {file}"
