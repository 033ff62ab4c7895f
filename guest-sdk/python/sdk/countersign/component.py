"""From what an author writes to what the interface asks for."""

import json
import os
from collections.abc import Callable
from types import ModuleType, TracebackType
from typing import TypeVar

from componentize_py_types import Err
from wit_world.imports.types import CodeMeaning, Description, Facts, Finding, Suggestion, Verdict

from .answer import Declined, bound_findings, bound_verdict
from .module import Module, Policy, Validator
from .outside import NoOutside
from .settings import Refused, parse, schema_of

_Made = TypeVar("_Made")


def configured(module: type[Module], text: str) -> Module:
    """The module made from the JSON text of its settings."""
    return module(parse(module.Settings, text))


def find(source: ModuleType) -> type[Module]:
    """The one module that a source file defines."""
    found = [
        item
        for item in vars(source).values()
        if isinstance(item, type)
        and issubclass(item, (Policy, Validator))
        and item.__module__ == source.__name__
    ]
    if len(found) != 1:
        names = ", ".join(item.__name__ for item in found) or "none"
        raise TypeError(f"{source.__name__}.py must define one Policy or Validator; it defines {names}")
    return found[0]


def world(module: type[Module]) -> type:
    """The class that the component is made from."""
    for name in ("name", "version", "summary", "codes"):
        if not hasattr(module, name):
            raise TypeError(f"{module.__name__} has no `{name}`")
    for code, meaning in module.codes.items():
        if not isinstance(code, str) or not isinstance(meaning, str):
            raise TypeError(f"the code `{code}` needs one sentence on when")
    schema = json.dumps(schema_of(module.Settings))
    ready: Module | None = None

    class WitWorld:
        def describe(self) -> Description:
            return _failing(lambda: _description(module, ready or _unconfigured(module), schema))

        def configure(self, settings: str) -> None:
            nonlocal ready
            ready = None
            ready = _failing(lambda: configured(module, settings))

        def decide(self, suggestion: Suggestion, facts: Facts, findings: list[Finding]) -> Verdict:
            try:
                return bound_verdict(_ready().decide(suggestion, facts, findings))  # type: ignore[attr-defined]
            except BaseException as error:
                raise Err(failure_text(error)) from None

        def validate(self, suggestion: Suggestion, facts: Facts) -> list[Finding]:
            try:
                return bound_findings(_ready().validate(suggestion, facts))  # type: ignore[attr-defined]
            except BaseException as error:
                raise Err(failure_text(error)) from None

    def _ready() -> Module:
        if ready is None:
            raise Declined("called before `configure`")
        return ready

    return WitWorld


def _failing(run: Callable[[], _Made]) -> _Made:
    """Runs a function; what it raises becomes the text of the error arm."""
    try:
        return run()
    except BaseException as error:
        raise Err(failure_text(error)) from None


def failure_text(error: BaseException) -> str:
    """What the host is told when a module raises."""
    if isinstance(error, (Declined, Refused)):
        return str(error)
    if isinstance(error, NoOutside):
        return f"{error}{_place_of(error.__traceback__)}"
    return f"this module failed: {type(error).__name__}: {error}{_place_of(error.__traceback__)}"


# Where the SDK and the standard library are.
_NOT_OWN = tuple(os.path.dirname(file).replace("\\", "/") + "/" for file in (__file__, os.__file__))


def _place_of(traceback: TracebackType | None) -> str:
    """The innermost place of the author's own."""
    place = ""
    while traceback is not None:
        code = traceback.tb_frame.f_code
        path = code.co_filename.replace("\\", "/")
        if not path.startswith(("<", *_NOT_OWN)):
            place = f" (at {path.rpartition('/')[2]}:{traceback.tb_lineno}, in {code.co_name})"
        traceback = traceback.tb_next
    return place


def _unconfigured(module: type[Module]) -> Module | None:
    try:
        return configured(module, "{}")
    except Refused:
        return None


def _description(module: type[Module], ready: Module | None, schema: str) -> Description:
    base = ready or Module(None)
    codes = [CodeMeaning(code, meaning) for code, meaning in module.codes.items()]
    return Description(
        module.name, module.version, module.summary, base.applies_to(), base.reads(), codes, schema
    )
