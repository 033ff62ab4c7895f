"""Making answers, and keeping them within what the host takes by default (64 items, 64 KiB).

Whatever a suggestion holds: an answer that is too long would be a fault of the module, and say nothing.
"""

from collections.abc import Sequence
from typing import TypeVar

from wit_world.imports.types import Finding, Outcome, Reason, ReviewNeeds, Severity, Verdict

from .log import log
from .text import cut, utf8_length

_MOST_FINDINGS = 64
_MOST_REASONS = 32
# In bytes, as the next.
_LONGEST_MESSAGE = 512
_LONGEST_FIELD = 256

_Item = TypeVar("_Item")


class Declined(Exception):
    """Raise it to say 'I cannot judge this', and why. The host treats it as a fault of the module."""


def review_needs(
    role: str | None = None, approvals: int = 1, priority: int = 4, within_hours: int | None = None
) -> ReviewNeeds:
    """What a review must look like: one approval by any reviewer, unless it is said otherwise."""
    return ReviewNeeds(role, approvals, priority, within_hours)


def finding(code: str, severity: Severity, message: str, field: str | None = None) -> Finding:
    """Something that a validator noticed, about a field if it is about one."""
    return Finding(code, severity, field, message)


class Objections:
    """Collects what speaks against a suggestion."""

    def __init__(self) -> None:
        self._found: list[tuple[Outcome, Reason]] = []

    def add(self, outcome: Outcome, code: str, message: str, field: str | None = None) -> None:
        """Adds a reason with the outcome that it asks for; none if that is `apply`."""
        if outcome is not Outcome.APPLY:
            self._found.append((outcome, Reason(code, field, message)))

    def __bool__(self) -> bool:
        """Whether something speaks against the suggestion."""
        return bool(self._found)

    def verdict(self, review: ReviewNeeds | None = None) -> Verdict:
        """The strictest outcome of all reasons. Of very many reasons the strictest are kept."""
        found = _most(self._found, _MOST_REASONS, "reasons", [outcome.value for outcome, _ in self._found])
        outcome = max((outcome.value for outcome, _ in found), default=Outcome.APPLY.value)
        return Verdict(Outcome(outcome), [reason for _, reason in found], review)


def bound_verdict(verdict: Verdict) -> Verdict:
    """The verdict with its first reasons."""
    if not isinstance(verdict, Verdict):
        raise TypeError(f"decide returned {verdict!r}, which is no Verdict")
    if not isinstance(verdict.outcome, Outcome):
        raise TypeError(f"decide returned the outcome {verdict.outcome!r}, which is no Outcome")
    kept = _most(verdict.reasons, _MOST_REASONS, "reasons", [0] * len(verdict.reasons))
    return Verdict(verdict.outcome, [_bounded(reason) for reason in kept], verdict.review)


def bound_findings(findings: Sequence[Finding]) -> list[Finding]:
    """The most serious findings."""
    for found in findings:
        if not isinstance(found, Finding) or not isinstance(found.severity, Severity):
            raise TypeError(f"validate returned {found!r}, which is no Finding")
    kept = _most(findings, _MOST_FINDINGS, "findings", [found.severity.value for found in findings])
    return [_bounded(found) for found in kept]


def _most(items: Sequence[_Item], limit: int, what: str, ranks: Sequence[int]) -> Sequence[_Item]:
    """The items of the highest ranks; the order changes only if there are too many."""
    if len(items) <= limit:
        return items
    log(f"{len(items) - limit} more {what} are left out")
    # A stable sort: equal ranks stay in order.
    order = sorted(range(len(items)), key=lambda at: -ranks[at])
    return [items[at] for at in order[:limit]]


_Answer = TypeVar("_Answer", Reason, Finding)


def _bounded(item: _Answer) -> _Answer:
    if not isinstance(item.code, str) or not isinstance(item.message, str):
        raise TypeError(f"{item!r} has a code or a message that is no text")
    # A name that is cut would name another field.
    if (
        item.field is not None
        and len(item.field) * 4 > _LONGEST_FIELD
        and utf8_length(item.field) > _LONGEST_FIELD
    ):
        item.field = None
    if len(item.message) * 4 > _LONGEST_MESSAGE and utf8_length(item.message) > _LONGEST_MESSAGE:
        item.message = cut(item.message, _LONGEST_MESSAGE) + "…"
    return item
