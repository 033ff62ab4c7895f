"""Notices text that shouts."""

from dataclasses import dataclass
from typing import Annotated

from countersign import (
    Facts,
    Finding,
    Parts,
    Range,
    Reads,
    Severity,
    Suggestion,
    Validator,
    finding,
    reads,
    setting,
    text_of,
)


@dataclass(frozen=True)
class Settings:
    min_length: Annotated[int, Range(minimum=0)] = setting(
        8, "Text up to this length, in characters, may be all upper case."
    )


class NewPolicy(Validator):
    name = "new-policy"
    version = "0.1.0"
    summary = "Notices text that is all upper case"
    codes = {"new-policy.shouting": "A proposed text is all upper case and longer than `min-length`."}
    Settings = Settings

    def reads(self) -> Reads:
        return reads(Parts.CHANGED_VALUES)

    def validate(self, suggestion: Suggestion, facts: Facts) -> list[Finding]:
        code, message = "new-policy.shouting", "The text is all upper case."
        return [
            finding(code, Severity.LOW, message, field=change.field)
            for change in suggestion.changes
            if self._is_shouting(text_of(change.proposed) or "")
        ]

    def _is_shouting(self, text: str) -> bool:
        return len(text) > self.settings.min_length and text.isupper()
