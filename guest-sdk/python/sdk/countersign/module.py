"""What the author of a module writes: one class with one of these bases."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from wit_world.imports.types import Facts, Finding, Operation, Parts, Reads, Scope, Suggestion, Verdict

from .settings import NoSettings


def scope(
    operations: Iterable[Operation] = (), objects: Iterable[str] = (), fields: Iterable[str] = ()
) -> Scope:
    """Where a module applies. All lists that are not empty must match."""
    return Scope(list(operations), list(objects), list(fields))


def reads(parts: Parts | None = None, fields: Iterable[str] = (), history_days: int = 0) -> Reads:
    """What a module wants to see: parts, the fields whose values it needs, and days of history."""
    return Reads(parts or Parts(0), list(fields), history_days)


class Module:
    """What every module has, validator or policy. An instance is the configured module."""

    name: ClassVar[str]
    """Lower case letters, digits and hyphens, at most 64; as in `policy.toml`."""
    version: ClassVar[str]
    """Semver; as in `policy.toml`."""
    summary: ClassVar[str]
    """One sentence: what it is for."""
    codes: ClassVar[Mapping[str, str]]
    """Every code that the module may return, each with one sentence on when."""
    Settings: ClassVar[type] = NoSettings
    """A dataclass; keys that are not in it are refused."""

    def __init__(self, settings: Any) -> None:
        """Makes the module from its settings, once: costly work (parsing lists, building maps) belongs here.

        Raise `Refused` to refuse them.
        """
        self.settings = settings

    def applies_to(self) -> Scope:
        """Where the module applies; everywhere, if it does not say."""
        return scope()

    def reads(self) -> Reads:
        """What it wants to see; ids, operation, field names and confidences alone, if it does not say."""
        return reads()


class Policy(Module):
    """A module that says what may happen."""

    def decide(self, suggestion: Suggestion, facts: Facts, findings: list[Finding]) -> Verdict:
        """Says what may happen, given also what the validators found.

        Of very many reasons the first reach the host, and long messages are cut. Raise `Declined` to say 'I
        cannot judge this'.
        """
        raise NotImplementedError


class Validator(Module):
    """A module that notices things."""

    def validate(self, suggestion: Suggestion, facts: Facts) -> list[Finding]:
        """Returns what it noticed.

        Of very many findings the most serious reach the host, and long messages are cut. Raise `Declined` to say
        'I cannot judge this'.
        """
        raise NotImplementedError
