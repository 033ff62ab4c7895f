"""Calls a module before its state is kept.

Python takes other, shorter ways through what it has run some times, and what it learnt while the component is built
need not be learnt in each call.
"""

from typing import Any

from wit_world.imports.types import (
    Assistant,
    Change,
    Evidence,
    Facts,
    FieldFact,
    Finding,
    Operation,
    RecordRef,
    Sensitivity,
    Severity,
    Suggestion,
    Value_Text,
    Value_Withheld,
)

from .log import unlogged

# From so many calls on nothing changes any more.
_TIMES = 20


def warm_up(world: Any, call: str) -> None:
    """Configures the module with its default settings and calls it, if it takes them; leaves it unconfigured."""
    with unlogged():
        for time in range(_TIMES):
            suggestion, facts, found = _sample(time)
            given = (suggestion, facts, found) if call == "decide" else (suggestion, facts)
            # Settings without a default are refused here: the host gives them. And the module may not judge the sample.
            _quietly(world.describe)
            _quietly(world.configure, "{}")
            _quietly(getattr(world, call), *given)
        # Settings that are none leave the module without a configuration.
        _quietly(world.configure, "")


def _quietly(run: Any, *given: Any) -> None:
    try:
        run(*given)
    except Exception:
        pass


def _sample(time: int) -> tuple[Suggestion, Facts, list[Finding]]:
    """A suggestion that some modules object to, and some do not."""
    confidence = (None, 0.5, 0.99)[time % 3]
    names = ("email", "city") if time % 2 else ()
    suggestion = Suggestion(
        id="s-1",
        target=RecordRef("hubspot", "contact", "101"),
        operation=Operation.OVERWRITE,
        changes=[Change(name, Value_Withheld(), Value_Text("A TEXT"), confidence) for name in names],
        merge_with=[],
        assistant=Assistant("acme", "enricher", "2.1"),
        confidence=confidence,
        evidence=[Evidence("https://example.com", "web-page", None, None, None)],
        rationale="",
    )
    fields = [FieldFact(name, Value_Withheld(), Sensitivity.LOW, ["pii"], False, None) for name in names]
    facts = Facts("2026-11-20T09:00:00Z", fields, [], [], None, [])
    return suggestion, facts, [Finding("a.b", Severity.LOW, None, "This.")]
