"""Loads while the component is built what a plugin would import only when it runs.

A component has the modules that were loaded when it was made, and no files to load more from. So an `import` inside a
function of the plugin, or of a package that it uses, is done here beforehand. What fails stays as it is: code often
tries to import what it can do without.
"""

from __future__ import annotations

import ast
import codecs
import importlib
import importlib.util
import sys
from collections.abc import Iterator
from types import ModuleType

# Python loads these too when a text is first read or written in them.
ENCODINGS = ("ascii", "cp1252", "latin-1", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "utf-32")


def preload() -> None:
    """Loads what the plugin's modules and packages import anywhere, and what those import in turn."""
    for encoding in ENCODINGS:
        codecs.lookup(encoding)
    # The build mounts the folders with the plugin's own code as /0, /1 and so on; the standard library is elsewhere.
    folders = [f"{path}/" for path in sys.path if path[1:].isdigit()]
    seen: set[str] = set()
    while new := [name for name in list(sys.modules) if name not in seen]:
        for name in new:
            seen.add(name)
            module = sys.modules[name]
            file = getattr(module, "__file__", None) or ""
            if file.endswith(".py") and file.startswith(tuple(folders)):
                for wanted in _imports(module, file):
                    _attempt(wanted)


def _imports(module: ModuleType, file: str) -> Iterator[str]:
    try:
        with open(file, "rb") as source:
            tree = ast.parse(source.read())
    except (OSError, SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                try:
                    base = importlib.util.resolve_name("." * node.level + base, module.__package__ or "")
                except ImportError:
                    continue
            yield base
            # A name that is imported may be a module of its own, or something in the one before.
            yield from (f"{base}.{alias.name}" for alias in node.names if alias.name != "*")


def _attempt(name: str) -> None:
    parent, _, last = name.rpartition(".")
    if name in sys.modules or (parent in sys.modules and not hasattr(sys.modules[parent], "__path__")):
        return
    if parent in sys.modules and hasattr(sys.modules[parent], last):
        return
    try:
        importlib.import_module(name)
    except Exception:
        return
