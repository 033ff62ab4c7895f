"""Calls a module under `python -m unittest` as the host does.

With nothing but what it declared, and without an outside.
"""

import copy
import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from wit_world.imports.types import (
    Assistant,
    Change,
    Consent,
    Evidence,
    Facts,
    FieldFact,
    Finding,
    Operation,
    Parts,
    PastChange,
    Reads,
    RecordRef,
    Scope,
    Sensitivity,
    Suggestion,
    Value,
    Value_Withheld,
    Verdict,
)

from .answer import bound_findings, bound_verdict
from .component import configured, failure_text
from .facts import matches
from .module import Module, Policy, Validator
from .outside import close
from .values import to_value


class NoAnswer(Exception):
    """The host would not get an answer: settings refused, out of scope, declined, or failed."""


@dataclass
class Sample:
    """A suggestion with its facts."""

    suggestion: Suggestion
    facts: Facts


def change(field: str, prior: Any, proposed: Any, confidence: float | None = None) -> Change:
    """A change; values may be plain, as in JSON."""
    return Change(field, to_value(prior), to_value(proposed), confidence)


def fact(field: str, value: Any, tags: Sequence[str] = (), **given: Any) -> FieldFact:
    """What is known about a field: of low sensitivity, not verified, set by an import unless it is said otherwise."""
    known: dict[str, Any] = {"sensitivity": Sensitivity.LOW, "verified": False, "set_by": "import", **given}
    return FieldFact(field=field, value=to_value(value), tags=list(tags), **known)


def sample(*changes: Change, facts: dict[str, Any] | None = None, **given: Any) -> Sample:
    """A suggestion with its facts.

    Starts as one that nobody would object to: contact `101`, confidence 0.99, one source with a digest, consent
    given to `enrichment`; the time is 2026-11-20T09:00:00Z. What is given replaces parts of the suggestion, and
    `facts` parts of the facts. A field that is changed and has no fact gets one with its prior value.
    """
    suggestion = dataclasses.replace(copy.deepcopy(_SUGGESTION), changes=list(changes), **given)
    known = dataclasses.replace(copy.deepcopy(_FACTS), **(facts or {}))
    names = {fact.field for fact in known.fields}
    known.fields = known.fields + [fact(c.field, c.prior) for c in changes if c.field not in names]
    return Sample(suggestion, known)


_SUGGESTION = Suggestion(
    id="s-1",
    target=RecordRef("hubspot", "contact", "101"),
    operation=Operation.OVERWRITE,
    changes=[],
    merge_with=[],
    assistant=Assistant("acme", "enricher", "2.1"),
    confidence=0.99,
    evidence=[
        Evidence(
            uri="https://example.com/about",
            kind="web-page",
            excerpt="We build software.",
            retrieved_at="2026-11-20T08:00:00Z",
            sha256="5af08ecc64b773b71b6ccb16df7046a3f4bb428c63822c25835f629ca2a962e3",
        )
    ],
    rationale="The company's own site says so.",
)
_FACTS = Facts(
    now="2026-11-20T09:00:00Z",
    fields=[],
    consents=[Consent("enrichment", "granted", "2025-03-01T00:00:00Z")],
    regimes=[],
    segment=None,
    history=[],
)


def decide(
    policy: type[Policy],
    given: Sample,
    settings: dict[str, Any] | None = None,
    findings: Sequence[Finding] = (),
) -> Verdict:
    """Configures a policy and calls it. Raises `NoAnswer` where the host would have no verdict."""
    answer: Verdict = _call(
        policy, given, settings, lambda module, s, f: bound_verdict(module.decide(s, f, list(findings)))
    )
    return answer


def validate(
    validator: type[Validator], given: Sample, settings: dict[str, Any] | None = None
) -> list[Finding]:
    """Configures a validator and calls it. Raises `NoAnswer` where the host would have no findings."""
    answer: list[Finding] = _call(
        validator, given, settings, lambda module, s, f: bound_findings(module.validate(s, f))
    )
    return answer


def _call(module: type[Module], given: Sample, settings: dict[str, Any] | None, call: Any) -> Any:
    open_again = close()
    try:
        ready = configured(module, json.dumps(settings or {}))
        if not _in_scope(ready.applies_to(), given):
            raise NoAnswer("the module does not apply to the suggestion")
        seen = _withhold(ready.reads(), given)
        answer = call(ready, seen.suggestion, seen.facts)
    except NoAnswer:
        raise
    except Exception as error:
        raise NoAnswer(failure_text(error)) from error
    finally:
        open_again()
    for item in answer.reasons if isinstance(answer, Verdict) else answer:
        if item.code not in module.codes:
            raise NoAnswer(f"the code `{item.code}` is not in the module's `codes`")
    return answer


def _in_scope(scope: Scope, given: Sample) -> bool:
    suggestion = given.suggestion
    changes = suggestion.changes
    return (
        (not scope.operations or suggestion.operation in scope.operations)
        and (not scope.objects or suggestion.target.object in scope.objects)
        and (
            not scope.fields
            or not changes
            or any(matches(given.facts, c.field, scope.fields) for c in changes)
        )
    )


def _withhold(reads: Reads, given: Sample) -> Sample:
    """What the host hands over to a module that reads this."""
    suggestion, facts = copy.deepcopy(given.suggestion), copy.deepcopy(given.facts)
    changed = {change.field for change in suggestion.changes}

    def declared(field: str) -> bool:
        return matches(given.facts, field, reads.fields)

    def shown(field: str, value: Value) -> Value:
        visible = declared(field) or (Parts.CHANGED_VALUES in reads.parts and field in changed)
        return value if visible else Value_Withheld()

    def withhold(item: Change | PastChange) -> None:
        item.prior, item.proposed = shown(item.field, item.prior), shown(item.field, item.proposed)

    for item in suggestion.changes:
        withhold(item)
    if not reads.parts & (Parts.EVIDENCE | Parts.EXCERPTS):
        suggestion.evidence = []
    if Parts.EXCERPTS not in reads.parts:
        for source in suggestion.evidence:
            source.excerpt = None
    if Parts.RATIONALE not in reads.parts:
        suggestion.rationale = ""
    if Parts.ASSISTANT not in reads.parts:
        suggestion.assistant = Assistant("", "", "")
    facts.fields = [
        dataclasses.replace(fact, value=shown(fact.field, fact.value))
        for fact in facts.fields
        if declared(fact.field) or (Parts.FIELD_FACTS in reads.parts and fact.field in changed)
    ]
    facts.consents = facts.consents if Parts.CONSENTS in reads.parts else []
    facts.regimes = facts.regimes if Parts.REGIMES in reads.parts else []
    facts.segment = facts.segment if Parts.SEGMENT in reads.parts else None
    since = datetime.fromisoformat(facts.now) - timedelta(days=reads.history_days)
    facts.history = [past for past in facts.history if datetime.fromisoformat(past.at) >= since]
    for past in facts.history:
        withhold(past)
    return Sample(suggestion, facts)
