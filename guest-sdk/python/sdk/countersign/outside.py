"""A module is a pure function: there is no outside.

What would reach for it raises an error that says what to use instead. Without that it would be a trap, or a value
that stood still when the module was built.
"""

import datetime
import importlib
import os
import random
import sys
import time
from collections.abc import Callable
from typing import Any

_CLOCK = "modules have no clock: use facts.now"
_RANDOMNESS = (
    "modules have no randomness: derive what you need from the suggestion, or use random.Random with a seed"
)
_FILES = "modules have no files: keep what the module needs in its source or its settings"
_NETWORK = (
    "modules have no network: what a module needs to know comes in suggestion and facts, as `reads` asks"
)
_PROCESSES = "modules start no processes: a module answers in the call that asks"
_IMPORTS = "modules import at their top, while they are built: `{}` is not there"

_CLOSED = {
    "time": (
        _CLOCK,
        "time time_ns monotonic monotonic_ns perf_counter perf_counter_ns process_time process_time_ns sleep",
    ),
    "random": (
        _RANDOMNESS,
        "random uniform randint choice choices sample shuffle randrange getrandbits randbytes triangular "
        "betavariate expovariate gammavariate gauss lognormvariate normalvariate vonmisesvariate paretovariate "
        "weibullvariate binomialvariate",
    ),
    "os": (
        _FILES,
        "open listdir scandir stat lstat mkdir makedirs remove unlink rename rmdir readlink chdir",
    ),
    "io": (_FILES, "open open_code"),
    "builtins": (_FILES, "open input"),
    "secrets": (_RANDOMNESS, "token_bytes token_hex token_urlsafe choice randbelow randbits"),
    "uuid": (_RANDOMNESS, "uuid1 uuid4"),
    "socket": (_NETWORK, "socket create_connection getaddrinfo gethostbyname"),
    "subprocess": (_PROCESSES, "run Popen call check_call check_output"),
}


class NoOutside(Exception):
    """Reached for what is not there."""


def close() -> Callable[[], None]:
    """Closes what reaches outside. Returns a function that opens it again."""
    before: list[tuple[Any, str, Any]] = []

    def put(owner: Any, name: str, value: Any) -> None:
        before.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    for module, (why, names) in _CLOSED.items():
        owner = sys.modules.get(module)
        for name in names.split():
            if owner is not None and hasattr(owner, name):
                put(owner, name, _refuse(why))
    for name in ("urandom", "getrandom"):
        if hasattr(os, name):
            put(os, name, _refuse(_RANDOMNESS))
    for name in ("system", "popen", "fork", "execv", "_exit"):
        if hasattr(os, name):
            put(os, name, _refuse(_PROCESSES))
    # These read the clock unless they are given a time.
    for name in ("localtime", "gmtime", "ctime"):
        put(time, name, _given(getattr(time, name), 1))
    put(time, "strftime", _given(time.strftime, 2))
    put(random, "Random", _seeded(random.Random))
    put(random, "SystemRandom", _refuse(_RANDOMNESS))
    put(datetime, "date", _timeless(datetime.date))
    put(datetime, "datetime", _timeless(datetime.datetime))

    def open_again() -> None:
        for owner, name, value in reversed(before):
            setattr(owner, name, value)

    return open_again


def load() -> None:
    """Loads what `close` closes, so that a module that imports it later gets it closed."""
    for module in _CLOSED:
        try:
            importlib.import_module(module)
        except ImportError:
            # Not every build of Python has sockets and processes.
            pass


def close_imports() -> None:
    """Refuses to import what is not loaded yet: inside a component there are no files to load it from."""
    sys.meta_path.insert(0, _NoImports())


class _NoImports:
    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        raise ModuleNotFoundError(_IMPORTS.format(name), name=name)


def _refuse(why: str) -> Callable[..., Any]:
    def refused(*_: Any, **__: Any) -> Any:
        raise NoOutside(why)

    return refused


def _given(real: Callable[..., Any], count: int) -> Callable[..., Any]:
    def given(*arguments: Any) -> Any:
        if len(arguments) < count or arguments[count - 1] is None:
            raise NoOutside(_CLOCK)
        return real(*arguments)

    return given


def _seeded(real: type) -> type:
    class Random(real):  # type: ignore[misc]
        def __init__(self, x: Any = None) -> None:
            if x is None:
                raise NoOutside(_RANDOMNESS)
            super().__init__(x)

    return Random


class _Timeless(type):
    """Lets instances of the real class be instances of the closed one."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls.__mro__[1])

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, cls.__mro__[1])


def _timeless(real: Any) -> Any:
    def now(cls: type, *_: Any, **__: Any) -> Any:
        raise NoOutside(_CLOCK)

    names = [name for name in ("now", "today", "utcnow") if hasattr(real, name)]
    return _Timeless(real.__name__, (real,), {name: classmethod(now) for name in names})
