"""Write Countersign modules in Python.

A module is one class, a `Policy` or a `Validator`, in `src/policy.py`::

    from countersign import Objections, Outcome, Policy

    class Cautious(Policy):
        name = "cautious"
        version = "0.1.0"
        summary = "Asks for review, always"
        codes = {"cautious.always": "Always."}

        def decide(self, suggestion, facts, findings):
            objections = Objections()
            objections.add(Outcome.REVIEW, "cautious.always", "Somebody should look.")
            return objections.verdict()
"""

from wit_world.imports.types import (
    Assistant,
    Change,
    Consent,
    Evidence,
    Facts,
    FieldFact,
    Finding,
    Operation,
    Outcome,
    Parts,
    PastChange,
    Reads,
    Reason,
    RecordRef,
    ReviewNeeds,
    Scope,
    Sensitivity,
    Severity,
    Suggestion,
    Value,
    Verdict,
)
from wit_world.imports.types import Value_Boolean as Boolean
from wit_world.imports.types import Value_Choices as Choices
from wit_world.imports.types import Value_Null as Null
from wit_world.imports.types import Value_Number as Number
from wit_world.imports.types import Value_Text as Text
from wit_world.imports.types import Value_Withheld as Withheld

from .answer import Declined, Objections, finding, review_needs
from .facts import field_fact, has_tag, matches
from .log import log
from .module import Policy, Validator, reads, scope
from .outside import NoOutside
from .settings import Length, Range, Refused, setting
from .text import cut, decimal
from .values import display_of, is_empty, number_of, text_of, texts_of, to_value

__all__ = [
    "Assistant",
    "Boolean",
    "Change",
    "Choices",
    "Consent",
    "Declined",
    "Evidence",
    "Facts",
    "FieldFact",
    "Finding",
    "Length",
    "NoOutside",
    "Null",
    "Number",
    "Objections",
    "Operation",
    "Outcome",
    "Parts",
    "PastChange",
    "Policy",
    "Range",
    "Reads",
    "Reason",
    "RecordRef",
    "Refused",
    "ReviewNeeds",
    "Scope",
    "Sensitivity",
    "Severity",
    "Suggestion",
    "Text",
    "Validator",
    "Value",
    "Verdict",
    "Withheld",
    "cut",
    "decimal",
    "display_of",
    "field_fact",
    "finding",
    "has_tag",
    "is_empty",
    "log",
    "matches",
    "number_of",
    "reads",
    "review_needs",
    "scope",
    "setting",
    "text_of",
    "texts_of",
    "to_value",
]
