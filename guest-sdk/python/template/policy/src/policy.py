"""Asks for review where a watched field is changed."""

from dataclasses import dataclass
from typing import Annotated

from countersign import (
    Facts,
    Finding,
    Length,
    Objections,
    Outcome,
    Parts,
    Policy,
    Reads,
    Suggestion,
    Verdict,
    matches,
    reads,
    setting,
)


@dataclass(frozen=True)
class Settings:
    fields: list[Annotated[str, Length(1)]] = setting(
        ["email"], "Names of fields, or `#tag` for all fields that carry a tag of the catalogue."
    )


class NewPolicy(Policy):
    name = "new-policy"
    version = "0.1.0"
    summary = "Asks for review where a watched field is changed"
    codes = {"new-policy.watched-field": "A changed field is one of those in the setting `fields`."}
    Settings = Settings

    def reads(self) -> Reads:
        # `matches` needs the tags of the changed fields.
        return reads(Parts.FIELD_FACTS)

    def decide(self, suggestion: Suggestion, facts: Facts, findings: list[Finding]) -> Verdict:
        objections = Objections()
        for change in suggestion.changes:
            if matches(facts, change.field, self.settings.fields):
                code, message = "new-policy.watched-field", "The field is watched."
                objections.add(Outcome.REVIEW, code, message, field=change.field)
        return objections.verdict()
