"""What a function does, in a few hashes: so that no result is kept that other code gave.

Followed are the function's own compiled code, the functions and classes of the same module
(or notebook) that it names, and the constants, arrays and data classes among its globals,
closure and defaults. Comments, formatting and doc strings do not count. What is imported from
elsewhere is not followed; a version is for that.
"""

from __future__ import annotations

import contextlib
import dataclasses
import dis
import functools
import hashlib
import inspect
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .canonical import canonical_text, digest
from .errors import SweepError

_LENGTH = 12  # hexadecimal digits of each hash


@dataclasses.dataclass
class Fingerprint:
    """What a function's results depend on, as far as it can be seen.

    Args:
        parts: {name: hash} of all that is followed.
        unseen: {name: type} of what the function uses and nobody can follow.
    """

    parts: dict[str, str] = dataclasses.field(default_factory=dict)
    unseen: dict[str, str] = dataclasses.field(default_factory=dict)


def function_name(function: Callable) -> str:
    """Module and qualified name, ``"__main__.train_one"``; of what is inside a partial."""
    inside = _inside(function)
    return f"{inside.__module__}.{inside.__qualname__}"


def fingerprint(function: Callable) -> Fingerprint:
    """Look through a function and all that it names in its own module.

    Args:
        function: a function, method, functools.partial or an object with ``__call__``.

    Returns:
        The Fingerprint.
    """
    inside = _inside(function)
    follower = _Follower(inside.__module__)
    follower.found.parts["Python"] = f"{sys.version_info[0]}.{sys.version_info[1]}"
    follower.call(function, inside.__qualname__.rpartition(".")[2])
    return follower.found


def _inside(function: Any) -> Any:
    """What has a name: the function in a partial, the class of an object with ``__call__``."""
    while isinstance(function, functools.partial):
        function = function.func
    return function if hasattr(function, "__qualname__") else type(function)


class _Follower:
    """Goes from a function to all that it names, once to each."""

    def __init__(self, module: str) -> None:
        self.module, self.found = module, Fingerprint()
        # {id: (object, label)}; the objects are held, so that no id is used twice.
        self._seen: dict[int, tuple[Any, str]] = {}

    def call(self, function: Any, label: str) -> None:
        """Follow something that can be called."""
        if self._been_at(function, label):
            return
        if isinstance(function, functools.partial):
            self.values(dict(enumerate(function.args)) | function.keywords, f"{label} argument")
            self.call(function.func, label)
        elif isinstance(function, types.MethodType):
            self.value(function.__self__, f"{label} self")
            self.call(function.__func__, label)
        elif isinstance(function, types.FunctionType):
            self.function(function, label)
        elif isinstance(function, type):
            self.cls(function, label)
        elif hasattr(function, "__wrapped__"):  # functools.lru_cache and the like
            self.call(function.__wrapped__, label)
        elif isinstance(type(function).__call__, types.FunctionType):
            self.values(vars(function), label)
            self.cls(type(function), type(function).__qualname__)
        else:
            self.found.unseen[label] = type(function).__name__

    def function(self, function: types.FunctionType, label: str) -> None:
        """Follow a function: its code, its defaults, and what it reads."""
        code = function.__code__
        self.found.parts[label] = digest(_code_text(code, function.__doc__), _LENGTH)
        defaults = dict(enumerate(function.__defaults__ or ())) | (function.__kwdefaults__ or {})
        self.values(defaults, f"{label} default")
        loaded, stored = _global_names(code)
        # One that it sets itself is no input.
        names = sorted(name for name in loaded - stored if name in function.__globals__)
        # What can be called first: then a function in a dictionary is known by its own name.
        for name in sorted(names, key=lambda name: not callable(function.__globals__[name])):
            self.named(function.__globals__[name], name)
        for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
            with contextlib.suppress(ValueError):  # a variable that has no value yet
                self.named(cell.cell_contents, f"{label} with {name}")

    def named(self, value: Any, label: str) -> None:
        """Follow what a function names: our own functions and classes, and values."""
        if callable(value) and (isinstance(value, functools.partial) or self._ours(value)):
            self.call(value, label)
        else:
            self.value(value, label)

    def cls(self, cls: type, label: str) -> None:
        """Follow a class: bases, methods, and constants."""
        bases = " ".join(base.__qualname__ for base in cls.__mro__)
        self.found.parts[label] = digest(bases, _LENGTH)
        for name, member in sorted(vars(cls).items()):
            if isinstance(member, property):
                members = [one for one in (member.fget, member.fset) if one]
            else:
                members = [getattr(member, "__func__", member)]  # static and class methods
            for one in members:
                if isinstance(one, types.FunctionType):
                    if self._ours(one):
                        self.call(one, f"{label}.{name}")
                elif not name.startswith("__") and self._text(one) is not None:
                    self.value(one, f"{label}.{name}")
        for base in cls.__bases__:
            if self._ours(base):
                self.call(base, base.__qualname__)

    def values(self, values: Mapping[Any, Any], label: str) -> None:
        """Follow several values, each with its name."""
        for name, value in values.items():
            self.named(value, f"{label} {name}")

    def value(self, value: Any, label: str) -> None:
        """Follow a value: by its content, or else by what it is made of."""
        text = self._text(value)
        ours = self._ours(type(value)) and hasattr(value, "__dict__")
        if text is not None:
            self.found.parts[label] = digest(text, _LENGTH)
        elif not isinstance(value, Mapping | list | tuple) and not ours and not _fields(value):
            self.found.unseen[label] = type(value).__name__
        elif not self._been_at(value, label):
            if isinstance(value, list | tuple):
                self.values(dict(enumerate(value)), label)
            elif isinstance(value, Mapping):
                self.values(value, label)
            else:
                self.values(vars(value) if ours else _fields(value), label)
            if ours:
                self.call(type(value), type(value).__qualname__)

    def _text(self, value: Any) -> str | None:
        """A text that changes when a value does; None if it cannot be told by one."""
        with contextlib.suppress(SweepError, RecursionError):
            return canonical_text(value, "value")
        if isinstance(value, np.ndarray) and not value.dtype.hasobject:
            content = hashlib.sha256(np.ascontiguousarray(value).view(np.uint8).data)
            return f"array {value.dtype.str} {value.shape} {content.hexdigest()}"
        if isinstance(value, np.dtype):
            return f"dtype {value.str}"
        if isinstance(value, types.ModuleType | np.ufunc):
            return f"imported {value.__name__}"
        if hasattr(value, "__qualname__") and not self._ours(value):
            return f"imported {value.__module__}.{value.__qualname__}"
        return None

    def _ours(self, thing: Any) -> bool:
        return getattr(thing, "__module__", None) == self.module

    def _been_at(self, thing: Any, label: str) -> bool:
        """Whether a thing is known already; then only under which name it was first met counts."""
        if id(thing) not in self._seen:
            self._seen[id(thing)] = (thing, label)
            return False
        first = self._seen[id(thing)][1]
        if first != label:
            self.found.parts[label] = digest(f"the same as {first}", _LENGTH)
        return True


def _global_names(code: types.CodeType) -> tuple[set[str], set[str]]:
    loaded, stored = set(), set()
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            loaded.add(instruction.argval)
        elif instruction.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
            stored.add(instruction.argval)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            inner = _global_names(constant)
            loaded |= inner[0]
            stored |= inner[1]
    return loaded, stored


def _fields(value: Any) -> dict[str, Any]:
    """What a data class holds; empty for all else."""
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return {}
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def _code_text(code: types.CodeType, doc: str | None = None) -> str:
    """Compiled code as text, without line numbers, file names and the doc string."""
    constants = ["" if i == 0 and doc and constant == doc else _constant(constant)
                 for i, constant in enumerate(code.co_consts)]  # fmt: skip
    arguments = code.co_argcount + code.co_kwonlyargcount
    named = (code.co_names, code.co_varnames[:arguments], code.co_freevars, code.co_cellvars)
    exceptions = getattr(code, "co_exceptiontable", b"")
    flags = code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS | inspect.CO_GENERATOR)
    return repr((code.co_code, constants, named, exceptions, flags))


def _constant(constant: Any) -> str:
    if isinstance(constant, types.CodeType):
        return _code_text(constant)
    if isinstance(constant, frozenset):  # its order changes from process to process
        return f"frozenset {sorted(map(_constant, constant))}"
    if isinstance(constant, tuple):
        return f"tuple {[_constant(item) for item in constant]}"
    return repr(constant)
