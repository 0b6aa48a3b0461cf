"""What happened, told while it runs and summed up at the end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from comity.base.counted import counted
from comity.base.errors import ComityError
from comity.cli import output


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what, by whom, under which article, how long."""

    name: str
    by: str
    article: str
    ms: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """Something that must be refused: the code it must be refused with, and the code it was."""

    attempt: str
    expected: str
    code: str

    @property
    def is_right(self) -> bool:
        return self.code == self.expected


@dataclass(slots=True)
class Account:
    """Collects steps and refusals, and tells each as it ends (`quiet`: not)."""

    quiet: bool
    steps: list[Step] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    evidence: dict[str, Any] = field(default_factory=dict)
    logs: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, by: str, article: str) -> Iterator[None]:
        """Time one step; it counts only if it ends well."""
        begun = time.monotonic()
        yield
        step = Step(name, by, article, round((time.monotonic() - begun) * 1000))
        self.steps.append(step)
        if not self.quiet:
            where = f"art. {article}" if article else ""
            output.say(f"[dim]{step.ms:>6} ms[/]  {by:<26} {name}  [dim]{where}[/]")

    def part(self, text: str) -> None:
        """A line above another part."""
        if not self.quiet:
            output.say(text)

    def note(self, text: str) -> None:
        """A line of explanation under the step before."""
        if not self.quiet:
            output.say(f"[dim]           {output.clean(text)}[/]")

    @contextmanager
    def must_refuse(self, attempt: str, expected: str) -> Iterator[None]:
        """Run what must raise a typed error; its code is what was seen."""
        code = "not refused"
        try:
            yield
        except ComityError as error:
            code = error.code
        self.saw(attempt, expected, code)

    def saw(self, attempt: str, expected: str, code: str) -> None:
        found = Attempt(attempt, expected, code)
        self.attempts.append(found)
        if not self.quiet:
            mark = "[green]refused[/]" if found.is_right else "[bold red]WRONG[/]  "
            output.say(f"  {mark}  {output.clean(code):<16} {output.clean(attempt)}")

    @property
    def is_ok(self) -> bool:
        """Whether every refusal and every proof came out as it must; a step that fails ends the demo before."""
        proven = all(log["proofs_verified"] > 0 and log["cosigned"] for log in self.logs)
        whole = bool(self.evidence.get("verified"))
        return bool(self.attempts) and all(one.is_right for one in self.attempts) and proven and whole

    def as_json(self) -> dict[str, object]:
        return {
            "ok": self.is_ok,
            "stamp": "EXERCISE",
            "steps": [{"name": s.name, "by": s.by, "article": s.article, "ms": s.ms} for s in self.steps],
            "refused": [{"attempt": one.attempt, "code": one.code} for one in self.attempts],
            "evidence": self.evidence,
            "log": self.logs,
        }

    def show(self) -> None:
        """The summary on standard output."""
        output.table(
            ("Step", "By", "Article", "ms"),
            [(s.name, s.by, s.article, str(s.ms)) for s in self.steps],
            title="EXERCISE: what was done",
        )
        output.result()
        output.table(
            ("Refused", "Code", ""),
            [(one.attempt, one.code, "" if one.is_right else f"expected {one.expected}") for one in self.attempts],
            title="EXERCISE: what was refused",
        )
        output.result()
        output.table(
            ("Log", "Entries", "Proofs verified", "Cosigned"),
            [
                (one["origin"], str(one["size"]), str(one["proofs_verified"]), _yes(one["cosigned"]))
                for one in self.logs
            ],
            title="EXERCISE: what anyone can check",
        )
        evidence = self.evidence
        output.result()
        output.result(
            f"Evidence: {counted(evidence['files'], 'file')}, {evidence['bytes']:,} bytes, "
            f"{'every digest verified' if evidence['verified'] else 'NOT verified'}."
        )
        total = sum(step.ms for step in self.steps) / 1000
        output.result(f"{'All as it must be' if self.is_ok else 'NOT as it must be'}: {total:.1f} s.")


def _yes(value: object) -> str:
    return "yes" if value else "no"
