"""Answers run as a learner's would be, in a supervised process that stays warm."""

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from jax_koans.course.path import Workspace
from jax_koans.judge.outcome import Outcome, State
from jax_koans.run.separate_process import Died, Supervised

from .answers import Given, Lesson, given, rounds

_LIMIT = 20  # seconds that an answer may take; those that hang get less
_HANGS = 6
_NOT_RUN = "not run"
BY = ("author", "explanation", "message", "together")  # who may name a mistake


@dataclass(frozen=True)
class Verdict:
    """What became of an answer, in one precision.

    `told` is what the learner reads of it, in the order of the screen, by who says it: `author`
    (the assertion's message), `explanation` (a reason or the table), `message` (JAX's, Python's).
    """

    answer: Given
    x64: bool
    state: str
    told: dict[str, str]

    @property
    def fair(self) -> bool:
        """Whether a right answer passed, and a wrong one was judged and did not."""
        return self.state != _NOT_RUN and (self.state == State.PASSED) is self.answer.right

    @property
    def named(self) -> bool:
        """Whether a wrong answer's feedback names the mistake."""
        return not self.answer.code or bool(self.named_by)

    @property
    def named_by(self) -> str:
        """Who names the mistake of wrong code first; "" where nobody does."""
        found = [who for who in self.told if self._mentions(self.told[who])]
        return (found or ["together" if self._mentions(self.said) else ""])[0]

    @property
    def said(self) -> str:
        return "\n".join(filter(None, self.told.values()))

    def _mentions(self, text: str) -> bool:
        return bool(re.search(self.answer.mentions, text, re.IGNORECASE | re.DOTALL))

    def __str__(self) -> str:
        precision = "x64" if self.x64 else "float32"
        return f"{self.answer}\n    ({precision}: {self.state}) {self.said or '-'}"


class Runner:
    """A folder with koans and a process that runs them."""

    def __init__(self, root: Path, path: Workspace, timeout: float) -> None:
        self.root = root
        self.path = path
        root.mkdir(parents=True)
        shutil.copy(path.root / "conftest.py", root)
        (root / "pyproject.toml").write_text(
            f'[tool.pytest]\naddopts = ["--import-mode=importlib"]\ntimeout = "{timeout}"\n'
        )
        self.process = Supervised(limit=timeout, environment={"CI": "1"})

    def __enter__(self) -> "Runner":
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.end()

    def run(self, texts: dict[str, str], given: list[Given], *, x64: bool) -> dict[str, Outcome]:
        """Run the koans of some answers, in these files; answers with what each came to."""
        shutil.rmtree(self.root / "koans", ignore_errors=True)
        for file, text in texts.items():
            (self.root / "koans" / file).parent.mkdir(parents=True, exist_ok=True)
            (self.root / "koans" / file).write_bytes(text.encode())
        found = {}
        koans = dict.fromkeys(f"koans/{each.file}::{each.koan}" for each in given)
        try:
            for event in self.process.run(self.root, [*koans, "--x64" if x64 else "--no-x64"]):
                if event["event"] == "outcome":
                    outcome = Outcome.from_dict(event["outcome"])
                    found[outcome.koan] = outcome
        except Died:
            self.process.end()
            self.process = Supervised(limit=self.process.limit, environment={"CI": "1"})
        return found


def judge(
    path: Workspace,
    files: Iterable[str],
    folder: Path,
    *,
    x64: bool,
    every: int,
    wrong: bool = True,
) -> list[Verdict]:
    """Run every Nth answer to some files (the right ones alone without `wrong`)."""
    lessons = {file: Lesson(file, path.solution(file)) for file in files}
    plan = {
        file: list(
            rounds(
                lesson, [each for each in given(file)[x64 % every :: every] if each.right or wrong]
            )
        )
        for file, lesson in lessons.items()
    }
    verdicts = []
    with Runner(folder / f"x64-{x64}", path, _LIMIT) as runner:
        alone = []
        for together in zip_longest(*plan.values(), fillvalue=[]):
            here = [each for each in together if each and not each[0].hangs]
            alone += [each for each in together if each and each[0].hangs]
            if not here:
                continue
            texts = {each[0].file: lessons[each[0].file].filled(each) for each in here}
            found = runner.run(texts, [one for each in here for one in each], x64=x64)
            for each in here:
                if len(each) > 1 and _spoilt(found, each):
                    alone += [[answer] for answer in each]
                else:
                    verdicts += [_verdict(answer, found, x64) for answer in each]
        hanging = [each for each in alone if each[0].hangs]
        for (answer,) in [each for each in alone if not each[0].hangs]:
            text = lessons[answer.file].filled([answer])
            found = runner.run({answer.file: text}, [answer], x64=x64)
            verdicts.append(_verdict(answer, found, x64))
    if hanging:
        with Runner(folder / f"x64-{x64}-hanging", path, _HANGS) as runner:
            for (answer,) in hanging:
                text = lessons[answer.file].filled([answer])
                found = runner.run({answer.file: text}, [answer], x64=x64)
                verdicts.append(_verdict(answer, found, x64))
    return verdicts


def _spoilt(found: dict[str, Outcome], together: list[Given]) -> bool:
    """Whether one of the answers kept the others from being judged."""
    return any(
        answer.koan not in found or found[answer.koan].state is State.BROKEN for answer in together
    )


def _verdict(answer: Given, found: dict[str, Outcome], x64: bool) -> Verdict:
    outcome = found.get(answer.koan)
    if outcome is None:
        return Verdict(answer, x64, _NOT_RUN, {})
    explained = [outcome.fact, outcome.why, outcome.advice]
    told = {
        "author": outcome.reason,
        "explanation": "\n".join(filter(None, explained)),
        "message": outcome.message,
    }
    return Verdict(answer, x64, outcome.state, told)
