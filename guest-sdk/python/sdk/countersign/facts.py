"""Finding things in what the host hands over."""

from collections.abc import Iterable

from wit_world.imports.types import Facts, FieldFact


def field_fact(facts: Facts, name: str) -> FieldFact | None:
    """What is known about a field, if it was handed over."""
    for fact in facts.fields:
        if fact.field == name:
            return fact
    return None


def has_tag(facts: Facts, field: str, tag: str) -> bool:
    """Whether a field is known to carry a tag of the catalogue."""
    fact = field_fact(facts, field)
    return fact is not None and tag in fact.tags


def matches(facts: Facts, field: str, patterns: Iterable[str]) -> bool:
    """Whether a field matches a list of names and `#tag`s; by its name alone where nothing is known about it."""
    fact = field_fact(facts, field)
    tags = [] if fact is None else fact.tags
    return any(
        pattern[1:] in tags if pattern.startswith("#") else pattern in (field, "*") for pattern in patterns
    )
