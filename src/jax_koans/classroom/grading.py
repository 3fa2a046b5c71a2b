"""Submissions judged: many at a time, each once, and on again after an interrupt."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, replace
from io import SEEK_END
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from jax_koans.classroom.judging import Judge, Record, Terms
from jax_koans.classroom.submission import named, read
from jax_koans.course.path import PathError, Workspace, shipped
from jax_koans.i18n import _

if TYPE_CHECKING:
    from jax_koans.classroom.cluster import Cluster

_Key = tuple[str, str, float, frozenset[str]]


def grade_all(
    paths: Sequence[Path], terms: Terms, records: Path, *, workers: int, scheduler: str = ""
) -> Iterator[Record]:
    """The record of each submission, as it comes, also kept in `records`, one JSON object a line.

    What is there already of the same content on the same terms is not judged again. With the
    address of a `scheduler`, its cluster judges.

    Raises:
        PathError: `records` is a submission's, or there is no such cluster.
    """
    submissions = named(paths)
    if any(records.resolve().is_relative_to(path.resolve()) for _name, path in submissions):
        text = _("{file} would be in a submission, which may bring one. Give another: --records")
        raise PathError(text.format(file=records))
    if scheduler:
        from jax_koans.classroom.cluster import Cluster

        # Each submission has a thread, which waits.
        return _graded(submissions, Cluster(scheduler), max(len(submissions), 1), terms, records)
    return _graded(submissions, Judge(workers), workers, terms, records)


def _graded(
    submissions: Sequence[tuple[str, Path]],
    judge: "Judge | Cluster",
    threads: int,
    terms: Terms,
    records: Path,
) -> Iterator[Record]:
    known = {_key(each): each for each in load(records)}
    course = Workspace(shipped())

    def graded(name: str, path: Path) -> tuple[Record, bool]:
        submission = read(name, path, course)
        key = (submission.fingerprint, terms.version, terms.limit, frozenset(terms.koans))
        if key in known:
            return replace(known[key], name=name), False
        return judge.judge(submission, terms), True

    pool = ThreadPoolExecutor(threads)
    try:
        with records.open("a+b") as file:
            _end_line(file)
            for future in as_completed([pool.submit(graded, *each) for each in submissions]):
                record, is_new = future.result()
                if is_new:
                    file.write(json.dumps(asdict(record)).encode() + b"\n")
                    file.flush()
                yield record
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        judge.end()
        pool.shutdown()


def load(records: Path) -> list[Record]:
    """The records of a file; a line that cannot be understood, as of a killed run, is left out."""
    if not records.is_file():
        return []
    found = []
    for line in records.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            found.append(Record(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return found


def _end_line(file: BinaryIO) -> None:
    """End the line that a killed run has left half written: the next record is not lost in it."""
    if size := file.seek(0, SEEK_END):
        file.seek(size - 1)
        if file.read() != b"\n":
            file.write(b"\n")


def _key(record: Record) -> _Key:
    return record.fingerprint, record.version, record.limit, frozenset(record.states)
