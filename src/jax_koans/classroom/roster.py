"""Who has joined a class: the newest record of each learner, in one SQLite file."""

import hashlib
import hmac
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jax_koans.classroom.learners import Learner
from jax_koans.course.path import PathError
from jax_koans.i18n import _

_FILE = "class.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS secrets (purpose TEXT PRIMARY KEY, secret TEXT);
CREATE TABLE IF NOT EXISTS helped (name TEXT PRIMARY KEY, at TEXT);
CREATE TABLE IF NOT EXISTS learners (
    name TEXT PRIMARY KEY, token TEXT, number INT, passed INT, koan TEXT, since TEXT,
    hints INT, given_up INT, asks TEXT, total INT
);
"""
_COLUMNS = ("name", "passed", "koan", "since", "hints", "given_up", "asks", "total")
_TIMES = ("since", "asks")
MOST = 1000  # learners
_AT_ONCE, _A_SECOND = 10, 1.0  # records of one learner: a burst, and what is taken after it


class Rejected(Exception):
    """A record that is not taken: why, and the HTTP status that says so."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Roster:
    """What a class's server keeps, all of it in one folder, which only its owner may read.

    `clock` gives seconds. Nothing is lost when the process is killed.

    Raises:
        PathError: the folder holds something else, or a damaged file.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._clock = clock
        self._taken: dict[str, tuple[float, float]] = {}  # tokens of the bucket, and when
        self.version = 0  # counts changes
        try:
            self._rows = sqlite3.connect(
                folder / _FILE, isolation_level=None, check_same_thread=False
            )
            self._rows.execute("PRAGMA journal_mode = WAL")
            self._rows.execute("PRAGMA synchronous = NORMAL")
            self._rows.execute("PRAGMA secure_delete = ON")
            self._rows.executescript(_TABLES)
            (folder / _FILE).chmod(0o600)
        except sqlite3.Error as error:
            text = _("{file} cannot be read as a class: {error}. Move it away, and begin again.")
            raise PathError(text.format(file=folder / _FILE, error=error)) from None

    def secret(self, purpose: str) -> str:
        """The secret part of an address, made when it is first asked for."""
        new = (purpose, secrets.token_urlsafe(24))
        self._rows.execute("INSERT OR IGNORE INTO secrets VALUES (?, ?)", new)
        found = self._rows.execute("SELECT secret FROM secrets WHERE purpose = ?", (purpose,))
        return str(found.fetchone()[0])

    def take(self, learner: Learner, token: str, number: int) -> None:
        """Keep a learner's record in place of the one before.

        Raises:
            Rejected: the name is another's, the record is not newer, or they come too fast.
        """
        known = self._known(learner.name)
        if known is None:
            if self._count() >= MOST:
                raise Rejected(403, _("the class is full: {most} learners").format(most=MOST))
        else:
            self._check(known[0], token)
            if number <= known[1]:
                raise Rejected(409, _("a newer record is there already"))
        self._slow_down(learner.name)
        values = [getattr(learner, key) for key in _COLUMNS]
        row = [each.isoformat() if isinstance(each, datetime) else each for each in values]
        self._rows.execute(
            f"REPLACE INTO learners ({', '.join(_COLUMNS)}, token, number)"
            f" VALUES ({', '.join('?' * (len(_COLUMNS) + 2))})",
            (*row, _hash(token), number),
        )
        self.version += 1

    def leave(self, name: str, token: str) -> None:
        """Delete all that is known of a learner.

        Raises:
            Rejected: somebody else has this name.
        """
        if known := self._known(name):
            self._check(known[0], token)
            for table in ("learners", "helped"):
                self._rows.execute(f"DELETE FROM {table} WHERE name = ?", (name,))
            self._rows.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # also out of the journal
            self.version += 1

    def help(self, name: str) -> None:
        """The teacher has seen a learner's request, or goes there: the mark is taken off."""
        now = datetime.now(UTC).isoformat()
        self._rows.execute("REPLACE INTO helped VALUES (?, ?)", (name, now))
        self.version += 1

    def learners(self) -> list[Learner]:
        """Who has joined, by name."""
        found = self._rows.execute(f"SELECT {', '.join(_COLUMNS)} FROM learners ORDER BY name")
        return [_learner(dict(zip(_COLUMNS, row, strict=True))) for row in found]

    def without_helped(self, learner: Learner) -> Learner:
        """A learner who asks no more, where the teacher has reacted since they asked."""
        row = self._rows.execute("SELECT at FROM helped WHERE name = ?", (learner.name,)).fetchone()
        if row and learner.asks and learner.asks <= datetime.fromisoformat(row[0]):
            return replace(learner, asks=None)
        return learner

    def close(self) -> None:
        self._rows.close()

    def _known(self, name: str) -> tuple[str, int] | None:
        found = self._rows.execute("SELECT token, number FROM learners WHERE name = ?", (name,))
        row: tuple[str, int] | None = found.fetchone()
        return row

    def _count(self) -> int:
        return int(self._rows.execute("SELECT count(*) FROM learners").fetchone()[0])

    def _check(self, expected: str, token: str) -> None:
        if not hmac.compare_digest(expected, _hash(token)):
            raise Rejected(403, _("somebody else has joined under this name: choose another"))

    def _slow_down(self, name: str) -> None:
        now = self._clock()
        left, at = self._taken.get(name, (float(_AT_ONCE), now))
        left = min(left + (now - at) * _A_SECOND, _AT_ONCE)
        if left < 1:
            raise Rejected(429, _("too many records: at most one a second"))
        self._taken[name] = (left - 1, now)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _learner(row: dict[str, Any]) -> Learner:
    times = {key: datetime.fromisoformat(row[key]) if row[key] else None for key in _TIMES}
    return Learner(**(row | times))
