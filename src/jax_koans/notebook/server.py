"""The koans' process behind a notebook: `python -m jax_koans.notebook.server`.

A request is one JSON object per line on standard input: the kernel's `folder`, the `words` behind
`%koan` or `%%koan`, the `cell` or null, and the session's `track`. Its reply is a line on standard
output: `text`, `html`, and where there is one the text of a `new_cell`, the `imports` of the koan's
file, and the session's new `track`. The process ends when its standard input does, in the middle of
a koan too.
"""

import contextlib
import json
import queue
import sys
import threading
from pathlib import Path
from typing import IO, Any

from jax_koans.actions.hint import waiting
from jax_koans.course.path import PathError, Workspace
from jax_koans.notebook.cell import Cell, Reply, named, on_track, shown, told
from jax_koans.run.judge import Judge, Judging
from jax_koans.source import SourceError

_IDLE = 600.0  # seconds without a request after which no process is kept ready


class Server:
    """Answers the requests of one kernel; `judging` is what runs now, of the last `cell`."""

    def __init__(self, replies: IO[str]) -> None:
        self.replies = replies
        self.judge: Judge | None = None
        self.judging: Judging | None = None
        self.cell: Cell | None = None
        self._asked: queue.Queue[str] = queue.Queue()
        self._over = False

    def serve(self, requests: IO[str]) -> None:
        """Answer until there are no more requests."""
        threading.Thread(target=self._read, args=[requests], daemon=True).start()
        with contextlib.suppress(PathError, SourceError, OSError):  # the first cell says so
            workspace = Workspace.find(Path.cwd())
            if koan := waiting(workspace):
                self._judge(workspace).prepare(koan.file, koan.name)
        while True:
            try:
                line = self._asked.get(timeout=_IDLE)
            except queue.Empty:
                self._drop()
                continue
            if not line:
                break
            self._answer(json.loads(line))
        self._drop()

    def _read(self, requests: IO[str]) -> None:
        for line in requests:
            self._asked.put(line)
        self._over = True
        if self.judging is not None:  # the kernel is gone, or interrupted
            self.judging.end()
        self._asked.put("")

    def _answer(self, request: dict[str, Any]) -> None:
        try:
            reply = self._reply(request)
        except (PathError, SourceError, OSError) as error:
            reply = told(str(error))
        if not self._over:
            self.replies.write(json.dumps(reply) + "\n")
            self.replies.flush()
        self._tidy()  # nobody waits for it

    def _reply(self, request: dict[str, Any]) -> Reply:
        folder, words, text = Path(request["folder"]), request["words"], request["cell"]
        workspace = Workspace.find(folder)
        if text is not None:
            self.cell = Cell(workspace, words, text, request["track"])
            return self.cell.save() or self._verdict(self.cell)
        command, *words = words
        if command == "show":
            return shown(workspace, named(workspace, words))
        return on_track(workspace, " ".join(words), folder)

    def _verdict(self, cell: Cell) -> Reply:
        self.judging = self._judge(cell.workspace).judge(cell.koan.file, [cell.koan.name])
        return cell.verdict(self.judging)

    def _tidy(self) -> None:
        judging, self.judging = self.judging, None
        if judging is None or self.cell is None or self.judge is None:
            return
        judging.end()
        self.cell.results.names = [self.cell.koan.name]  # so %koan hint is about it on any track
        self.cell.results.save()
        if not self._over:
            koan = self.cell.next_koan()
            with contextlib.suppress(OSError):  # the next cell says so
                self.judge.prepare(koan.file, koan.name)

    def _judge(self, workspace: Workspace) -> Judge:
        if self.judge is None or self.judge.workspace != workspace:
            self._drop()
            self.judge = Judge(workspace)
        return self.judge

    def _drop(self) -> None:
        if self.judge is not None:
            self.judge.drop()


if __name__ == "__main__":
    replies, sys.stdout = sys.stdout, sys.stderr  # what a command prints is no reply
    Server(replies).serve(sys.stdin)
