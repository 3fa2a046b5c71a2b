"""The koans' process behind a notebook: `python -m jax_koans.notebook.server`.

A request is one JSON object a line on standard input, `{"do": ..., "folder": the kernel's, "words":
[...], "cell": text}`; each but `prepare` has one reply, a line on standard output: `text`, `html`,
and where there is one the text of a `new_cell`, and the `imports` of the koan's file. The process
ends when its standard input does, in the middle of a koan too.
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
from jax_koans.course.track import koans_on_track
from jax_koans.i18n import _
from jax_koans.notebook.cell import Cell, Reply, named, shown
from jax_koans.run.judge import Judge, Judging
from jax_koans.screen.html import to_html
from jax_koans.source import SourceError

_IDLE = 600.0  # seconds without a request after which no process is kept ready


class Server:
    """Answers the requests of one kernel; `judging` is what runs now."""

    def __init__(self, replies: IO[str]) -> None:
        self.replies = replies
        self.judge: Judge | None = None
        self.judging: Judging | None = None
        self.track: tuple[str, ...] = ()
        self._asked: queue.Queue[str] = queue.Queue()
        self._over = False

    def serve(self, requests: IO[str]) -> None:
        """Answer until there are no more requests."""
        threading.Thread(target=self._read, args=[requests], daemon=True).start()
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
        with contextlib.ExitStack() as afterwards:
            try:
                reply = self._reply(request, afterwards)
            except (PathError, SourceError, OSError) as error:
                reply = Reply(str(error).split("\n"))
            if reply is not None and not self._over:
                told = {"text": "\n".join(map(str, reply.lines)), "html": to_html(reply.lines)}
                more = {"new_cell": reply.new_cell, "imports": reply.imports}
                self.replies.write(json.dumps(told | more) + "\n")
                self.replies.flush()

    def _reply(self, request: dict[str, Any], afterwards: contextlib.ExitStack) -> Reply | None:
        workspace = Workspace.find(Path(request["folder"]))
        words = request.get("words", [])
        match request["do"]:
            case "prepare":
                if koan := waiting(workspace):
                    self._judge(workspace).prepare(koan.file, koan.name)
                return None
            case "koan":
                return self._judged(Cell(workspace, words, request["cell"], self.track), afterwards)
            case "show":
                return shown(workspace, named(workspace, words))
            case _:
                self.track = koans_on_track(workspace, " ".join(words), Path(request["folder"]))
                return Reply([_("{count} koans on this track.").format(count=len(self.track))])

    def _judged(self, cell: Cell, afterwards: contextlib.ExitStack) -> Reply:
        if changed := cell.save():
            return changed
        judge = self._judge(cell.workspace)
        self.judging = judge.judge(cell.koan.file, [cell.koan.name])
        afterwards.callback(self._tidy, judge, cell)  # nobody waits for it
        return cell.verdict(self.judging)

    def _tidy(self, judge: Judge, cell: Cell) -> None:
        judging, self.judging = self.judging, None
        if judging is not None:
            judging.end()
        cell.results.save()
        if not self._over:
            with contextlib.suppress(OSError):  # the next cell says so
                judge.prepare(cell.koan.file, cell.next_koan())

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
