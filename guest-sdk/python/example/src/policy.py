"""Asks for review where the assistant is not confident enough."""

from dataclasses import dataclass
from typing import Annotated

from countersign import (
    Facts,
    Finding,
    Objections,
    Outcome,
    Parts,
    Policy,
    Range,
    Reads,
    Suggestion,
    Verdict,
    decimal,
    reads,
    setting,
)

Threshold = Annotated[float, Range(0, 1)]


@dataclass(frozen=True)
class Settings:
    threshold: Threshold = setting(
        0.95, "The confidence that suffices where nothing below says otherwise, from 0 to 1."
    )
    fields: dict[str, Threshold] = setting({}, "By field name; counts instead of all others.")
    objects: dict[str, Threshold] = setting(
        {},
        "By kind of record, such as `contact`. Of this and the two below, the highest that applies counts.",
    )
    segments: dict[str, Threshold] = setting({}, "By segment of the record.")
    assistants: dict[str, Threshold] = setting({}, "By assistant: `vendor` or `vendor/model`.")


class Confidence(Policy):
    name = "confidence"
    version = "1.0.0"
    summary = "Asks for review where the assistant is not confident enough"
    codes = {
        "confidence.below-threshold": "The confidence is below the threshold that applies.",
        "confidence.missing": "The assistant gives no confidence, or one that is no number from 0 to 1.",
    }
    Settings = Settings

    def reads(self) -> Reads:
        parts = Parts(0)
        if self.settings.assistants:
            parts |= Parts.ASSISTANT
        if self.settings.segments:
            parts |= Parts.SEGMENT
        return reads(parts)

    def decide(self, suggestion: Suggestion, facts: Facts, findings: list[Finding]) -> Verdict:
        base = self._base(suggestion, facts)
        objections = Objections()

        def judge(given: float | None, threshold: float, field: str | None) -> None:
            if given is None or not 0 <= given <= 1:
                message = "The assistant gives no usable confidence."
                objections.add(Outcome.REVIEW, "confidence.missing", message, field)
            elif given < threshold:
                message = f"Confidence {decimal(given)} is below the threshold of {decimal(threshold)}."
                objections.add(Outcome.REVIEW, "confidence.below-threshold", message, field)

        if not suggestion.changes:
            judge(suggestion.confidence, base, None)
        for change in suggestion.changes:
            given = suggestion.confidence if change.confidence is None else change.confidence
            judge(given, self.settings.fields.get(change.field, base), change.field)
        return objections.verdict()

    def _base(self, suggestion: Suggestion, facts: Facts) -> float:
        """What applies to the whole suggestion.

        The highest of those that are set for its kind of record, segment and assistant, or else the general
        threshold.
        """
        settings, assistant = self.settings, suggestion.assistant
        by_vendor = settings.assistants.get(assistant.vendor)
        given = [
            settings.objects.get(suggestion.target.object),
            None if facts.segment is None else settings.segments.get(facts.segment),
            settings.assistants.get(f"{assistant.vendor}/{assistant.model}", by_vendor),
        ]
        return max((at for at in given if at is not None), default=settings.threshold)
