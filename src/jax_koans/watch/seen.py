"""What the watch has read: the same text again is no new attempt."""

from jax_koans.course.path import Workspace


class Seen:
    """What was seen last of each file, and what tells cheaply whether it was written since."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._last: dict[str, str] = {}
        self._stamps: dict[str, object] = {}

    def look(self, file: str) -> None:
        """Note that a file is looked at now."""
        self._stamps[file] = self._stamp(file)

    def is_written(self, file: str) -> bool:
        """Whether a file was written since it was looked at, as far as its times and size tell."""
        return self._stamps.get(file) != self._stamp(file)

    def is_new(self, file: str, content: str) -> bool:
        """Whether this is not what was seen last of a file; it is now."""
        before = self._last.get(file)
        self._last[file] = content
        return before != content

    def forget(self, file: str) -> None:
        """Let the next save of a file be judged in any case."""
        self._last.pop(file, None)

    def _stamp(self, file: str) -> object:
        try:
            status = (self.workspace.koans_dir / file).stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino
