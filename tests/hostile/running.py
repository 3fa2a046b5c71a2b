"""One run of pytest on hostile files, and what it said of each koan."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Run:
    """What a run with --junitxml said."""

    code: int
    text: str
    failures: dict[str, str]  # a koan's name -> its report
    passed: set[str]

    @classmethod
    def of(cls, learner, *arguments: str, **variables: str) -> "Run":
        file = learner.root / "report.xml"
        done = learner.pytest("koans", "-q", f"--junitxml={file}", *arguments, **variables)
        run = cls(done.returncode, done.stdout + done.stderr, {}, set())
        run._read(file)
        return run

    def _read(self, file: Path) -> None:
        for case in ElementTree.parse(file).iter("testcase"):
            name = case.get("name")
            bad = [case.find(kind) for kind in ("failure", "error", "skipped")]
            found = [each for each in bad if each is not None]
            if found:
                told = (f"{each.tag} {each.get('message')} {each.text}" for each in found)
                self.failures[name] = " ".join(" ".join(told).split())
            else:
                self.passed.add(name)
