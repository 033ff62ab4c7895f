"""The settings of a module: one dataclass, from which the JSON Schema and the checks are made."""

import copy
import dataclasses
import json
import math
import types
import typing
from dataclasses import MISSING, dataclass
from typing import Annotated, Any, Literal, Union


class Refused(Exception):
    """Raise it in a module's `__init__` to refuse its settings; say which key is wrong, and why."""


@dataclass(frozen=True)
class Range:
    """From where to where a number may go: `Annotated[float, Range(0, 1)]`."""

    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class Length:
    """How long a text or a list must be: `Annotated[str, Length(1)]`."""

    minimum: int


def setting(default: Any = MISSING, description: str = "") -> Any:
    """A field of a dataclass of settings. Without a default it must be given."""
    metadata = {"description": description}
    if isinstance(default, (list, dict)) or dataclasses.is_dataclass(default):
        return dataclasses.field(default_factory=lambda: copy.deepcopy(default), metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True)
class NoSettings:
    """The settings of a module that has none."""


def schema_of(settings: type) -> dict[str, Any]:
    """The JSON Schema of a dataclass of settings."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_object_schema(settings)}


def parse(settings: type, text: str) -> Any:
    """The settings in a JSON document, with defaults where it says nothing."""
    try:
        given = json.loads(text)
    except ValueError as error:
        raise Refused(f"the settings are no JSON: {error}") from error
    return _read("", settings, given)


def _key(name: str) -> str:
    return name.replace("_", "-")


def _object_schema(settings: type) -> dict[str, Any]:
    hints = typing.get_type_hints(settings, include_extras=True)
    properties: dict[str, Any] = {}
    required = []
    for field in dataclasses.fields(settings):
        about: dict[str, Any] = {}
        if field.metadata.get("description"):
            about["description"] = field.metadata["description"]
        if field.default is not MISSING:
            about["default"] = field.default
        elif field.default_factory is not MISSING:
            about["default"] = _plain(field.default_factory())
        else:
            required.append(_key(field.name))
        properties[_key(field.name)] = {**_schema(hints[field.name]), **about}
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": required} if required else schema


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {_key(field.name): _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return value


_SCALARS = {bool: "boolean", int: "integer", float: "number", str: "string"}


def _schema(hint: Any) -> dict[str, Any]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        schema = _schema(arguments[0])
        for bound in arguments[1:]:
            schema |= _bounds(schema["type"], bound)
        return schema
    if origin is Literal:
        return {"type": "string", "enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": _schema(arguments[0])}
    if origin is dict and arguments[0] is str:
        return {"type": "object", "additionalProperties": _schema(arguments[1])}
    if origin in (Union, types.UnionType) and len(arguments) == 2 and arguments[1] is type(None):
        return {"anyOf": [_schema(arguments[0]), {"type": "null"}]}
    if dataclasses.is_dataclass(hint):
        return _object_schema(hint)  # type: ignore[arg-type]
    if hint in _SCALARS:
        return {"type": _SCALARS[hint]}
    raise TypeError(f"a setting cannot be of type {hint}")


def _bounds(kind: str, bound: Any) -> dict[str, Any]:
    if isinstance(bound, Length):
        return {"minItems" if kind == "array" else "minLength": bound.minimum}
    if not isinstance(bound, Range):
        return {}
    given = {"minimum": bound.minimum, "maximum": bound.maximum}
    return {name: value for name, value in given.items() if value is not None}


def _read(at: str, hint: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        read = _read(at, arguments[0], value)
        for bound in arguments[1:]:
            _check_bound(at, bound, read)
        return read
    if origin is Literal:
        if value not in arguments or not isinstance(value, str):
            raise Refused(f"{at}: {_shown(value)} is none of {', '.join(arguments)}")
        return value
    if origin is list:
        if not isinstance(value, list):
            raise _wrong(at, value, "an array")
        return [_read(f"{at}[{index}]", arguments[0], item) for index, item in enumerate(value)]
    if origin is dict:
        if not isinstance(value, dict):
            raise _wrong(at, value, "an object")
        return {key: _read(f"{at}.{key}", arguments[1], item) for key, item in value.items()}
    if origin in (Union, types.UnionType):
        return None if value is None else _read(at, arguments[0], value)
    if dataclasses.is_dataclass(hint):
        return _read_object(at, hint, value)  # type: ignore[arg-type]
    return _read_scalar(at, hint, value)


def _read_scalar(at: str, hint: type, value: Any) -> Any:
    # In JSON `true` is no number, and `1` is as good a number as `1.0`.
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if hint is float and number:
        return _finite(at, value)
    if hint is int and number and float(value).is_integer():
        return int(value)
    if hint in (bool, str) and isinstance(value, hint):
        return value
    kind = _SCALARS[hint]
    raise _wrong(at, value, f"an {kind}" if kind == "integer" else f"a {kind}")


def _finite(at: str, value: int | float) -> float:
    try:
        if math.isfinite(number := float(value)):
            return number
    except OverflowError:
        pass
    raise Refused(f"{at}: the number is too large, or none")


def _read_object(at: str, settings: type, value: Any) -> Any:
    if not isinstance(value, dict):
        raise _wrong(at or "the settings", value, "an object")
    inside = f"{at}." if at else ""
    fields = {_key(field.name): field for field in dataclasses.fields(settings)}
    for key in value:
        if key not in fields:
            known = f"known are {', '.join(fields)}" if fields else "there are none"
            raise Refused(f"{inside}{key}: unknown key; {known}")
    hints = typing.get_type_hints(settings, include_extras=True)
    read = {}
    for key, field in fields.items():
        if key in value:
            read[field.name] = _read(inside + key, hints[field.name], value[key])
        elif field.default is MISSING and field.default_factory is MISSING:
            raise Refused(f"{inside}{key}: is missing")
    return settings(**read)


def _check_bound(at: str, bound: Any, value: Any) -> None:
    if isinstance(bound, Length) and len(value) < bound.minimum:
        raise Refused(f"{at}: {_shown(value)} is shorter than {bound.minimum}")
    if isinstance(bound, Range):
        if bound.minimum is not None and value < bound.minimum:
            raise Refused(f"{at}: {_shown(value)} is below the minimum of {bound.minimum}")
        if bound.maximum is not None and value > bound.maximum:
            raise Refused(f"{at}: {_shown(value)} is above the maximum of {bound.maximum}")


def _wrong(at: str, value: Any, wanted: str) -> Refused:
    return Refused(f"{at}: {_shown(value)} is not {wanted}")


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:60] + "…"
