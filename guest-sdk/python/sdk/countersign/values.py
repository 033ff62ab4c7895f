"""Reading and making values of fields."""

import math
import re
from collections.abc import Sequence

from wit_world.imports.types import (
    Value,
    Value_Boolean,
    Value_Choices,
    Value_Null,
    Value_Number,
    Value_Text,
    Value_Withheld,
)

Plain = None | bool | int | float | str | list[str]
"""What JSON has for a value."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def text_of(value: Value) -> str | None:
    """The text of a value, if it is text."""
    return value.value if isinstance(value, Value_Text) else None


def number_of(value: Value) -> float | None:
    """The number, if the value is a number or text that is nothing but a finite number."""
    if not isinstance(value, (Value_Number, Value_Text)):
        return None
    text = value.value.strip()
    number = float(text) if _NUMBER.fullmatch(text) else math.inf
    return number if math.isfinite(number) else None


def display_of(value: Value) -> str:
    """The value as people would read it; nothing for an empty or withheld one."""
    match value:
        case Value_Boolean(value=true):
            return "yes" if true else "no"
        case Value_Number(value=text) | Value_Text(value=text):
            return text
        case Value_Choices(value=choices):
            return "; ".join(choices)
    return ""


def is_empty(value: Value) -> bool:
    """Whether the field holds nothing: null, blank text, no choices. A withheld value is not empty."""
    match value:
        case Value_Null():
            return True
        case Value_Text(value=text):
            return not text.strip()
        case Value_Choices(value=choices):
            return not choices
    return False


def texts_of(value: Value) -> Sequence[str]:
    """Every piece of text in the value."""
    match value:
        case Value_Choices(value=choices):
            return choices
        case Value_Text(value=text) | Value_Number(value=text):
            return [text]
    return []


_WITHHELD = object()


def to_value(plain: "Plain | Value | object" = _WITHHELD) -> Value:
    """A value from what JSON has for it; without one, a value that is withheld."""
    if plain is _WITHHELD:
        return Value_Withheld()
    if plain is None:
        return Value_Null()
    if isinstance(plain, bool):
        return Value_Boolean(plain)
    if isinstance(plain, (int, float)):
        return Value_Number(repr(plain))
    if isinstance(plain, str):
        return Value_Text(plain)
    if isinstance(plain, list):
        return Value_Choices([str(choice) for choice in plain])
    return plain  # type: ignore[return-value]
