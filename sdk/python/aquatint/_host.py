"""The way to the host: the modules that componentize-py makes from the plugin's world.

They are there only inside a component, and only those that the plugin's world imports. So nothing here touches them
before it must, and a plugin's own code can be imported and tested by any Python.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

from . import problems
from .problems import Problem, Unsupported

INTERFACES = (
    "types",
    "log",
    "job",
    "assets",
    "image",
    "latents",
    "store",
    "fetch",
    "generate",
    "inference",
)
PERMISSIONS = {"store": "store", "fetch": "net", "generate": "generate", "inference": "inference"}

_loaded: dict[str, ModuleType] = {}
_err: list[type[BaseException]] = []


def load() -> None:
    """Imports whatever the world has. Done while the component is built: later there are no files to import from."""
    _loaded.clear()
    _err[:] = [importlib.import_module("componentize_py_types").Err]
    for name in INTERFACES:
        try:
            _loaded[name] = importlib.import_module(f"wit_world.imports.{name}")
        except ModuleNotFoundError:
            continue


def has(name: str) -> bool:
    """Whether the plugin's world imports an interface."""
    return name in _loaded


def interface(name: str) -> Any:
    """The module of an interface.

    Raises `Unsupported` if the plugin's world does not have it.
    """
    module = _loaded.get(name)
    if module is not None:
        return module
    if not _loaded:
        raise Unsupported(f"`{name}` is the host's, and this is no plugin that a host runs")
    permission = PERMISSIONS.get(name)
    if permission is None:
        raise Unsupported(f"`{name}` is not there for the hooks that plugin.toml lists")
    raise Unsupported(f"`{name}` needs [permissions] {permission} in plugin.toml")


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Calls a function of the host; its `problem` comes as an exception."""
    try:
        return function(*arguments)
    except Exception as error:
        if _err and isinstance(error, _err[0]):
            raise from_host(error.value) from None  # type: ignore[attr-defined]
        raise


def from_host(problem: Any) -> Problem:
    """The exception for a `problem`."""
    variant = type(problem).__name__.removeprefix("Problem_")
    message = getattr(problem, "value", "the job was cancelled")
    for kind in problems.ALL:
        if kind.variant == variant:
            return kind(message)
    return problems.Failed(message)


def to_host(problem: Problem) -> BaseException:
    """What a hook raises for a problem of its own."""
    case = getattr(interface("types"), f"Problem_{problem.variant}")
    if problem.variant == "Cancelled":
        return _err[0](case())
    message = " ".join(problem.message.split())
    return _err[0](case(message or type(problem).__name__))
