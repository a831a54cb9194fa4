"""Plugins for Aquatint in Python.

| module | noun |
|---|---|
| `hooks` | `plugin`: the decorators that say what a function is for |
| `context` | `Context`: the call that is being answered |
| `picture` | `Picture`: pixels, held by the host |
| `latents` | `Latents`, `Moment`: tensors while a picture is drawn |
| `values` | settings and requests as plain dicts |
| `problems` | what can go wrong, as exceptions |
| `log`, `assets` | lines in the host's log; the plugin's own files |
| `store`, `fetch`, `generate`, `inference` | what needs a permission |
"""

from . import assets, fetch, generate, inference, log, store
from .context import Context
from .hooks import Axis, Point, plugin
from .latents import Latents, Moment, Phase, Statistics
from .picture import Blend, Box, Filter, Format, Picture
from .problems import (
    Cancelled,
    Denied,
    Exhausted,
    Failed,
    InvalidInput,
    NotFound,
    Problem,
    Unsupported,
)
from .values import Choice, Color, PictureName, Seed, Value

__version__ = "0.1.0"

__all__ = [
    "Axis",
    "Blend",
    "Box",
    "Cancelled",
    "Choice",
    "Color",
    "Context",
    "Denied",
    "Exhausted",
    "Failed",
    "Filter",
    "Format",
    "InvalidInput",
    "Latents",
    "Moment",
    "NotFound",
    "Phase",
    "Picture",
    "PictureName",
    "Point",
    "Problem",
    "Seed",
    "Statistics",
    "Unsupported",
    "Value",
    "assets",
    "fetch",
    "generate",
    "inference",
    "log",
    "plugin",
    "store",
]
