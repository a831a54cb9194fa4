"""A host in Python, in the shape of the modules that componentize-py makes: enough to test the SDK on it."""

from __future__ import annotations

import enum
import sys
from dataclasses import make_dataclass
from types import ModuleType
from typing import Any

VALUES = "Auto Flag Int Number Text Choice Color Picture Seed Texts Ints Numbers".split()
PROBLEMS = "InvalidInput Unsupported NotFound Denied Exhausted Cancelled Failed".split()


class Err(Exception):
    """`componentize_py_types.Err`."""

    def __init__(self, value: Any) -> None:
        super().__init__(value)
        self.value = value


def module(name: str, **names: Any) -> ModuleType:
    made = ModuleType(name)
    made.__dict__.update(names)
    sys.modules[name] = made
    return made


class Host:
    """What the plugin sees, and what it did."""

    def __init__(self) -> None:
        self.seed = 7
        self.settings: list[Any] = []
        self.request: list[Any] = []
        self.lines: list[tuple[str, str, list[tuple[str, str]]]] = []
        self.assets: dict[str, bytes] = {}
        self.is_cancelled = False
        plain = {f"Value_{name}": make_dataclass(f"Value_{name}", ["value"]) for name in VALUES if name != "Auto"}
        failing = {f"Problem_{name}": make_dataclass(f"Problem_{name}", ["value"]) for name in PROBLEMS}
        failing["Problem_Cancelled"] = make_dataclass("Problem_Cancelled", [])
        self.types = module(
            "wit_world.imports.types",
            Value_Auto=make_dataclass("Value_Auto", []),
            Param=make_dataclass("Param", ["key", "value"]),
            Color=make_dataclass("Color", ["red", "green", "blue", "alpha"]),
            Size=make_dataclass("Size", ["width", "height"]),
            Area=make_dataclass("Area", ["x", "y", "width", "height"]),
            **plain,
            **failing,
        )
        for package in ("wit_world", "wit_world.imports", "wit_world.exports"):
            module(package)
        module("componentize_py_types", Err=Err)
        level = enum.Enum("Level", "TRACE DEBUG INFO WARN ERROR")

        def write(level: Any, message: str, fields: list[tuple[str, str]]) -> None:
            self.lines.append((level.name, message, fields))

        module("wit_world.imports.log", Level=level, write=write)
        module(
            "wit_world.imports.job",
            seed=lambda: self.seed,
            index=lambda: 0,
            settings=lambda: self.settings,
            request=lambda: self.request,
            choices=self.choices,
            progress=lambda fraction, note: None,
            time_left=lambda: 1500,
            cancelled=lambda: self.is_cancelled,
        )
        module("wit_world.imports.assets", names=lambda: sorted(self.assets), read=self.read)
        module("wit_world.exports.info", Description=make_dataclass("Description", ["id", "version", "extra"]))
        module(
            "wit_world.exports.sweep",
            Axis=make_dataclass("Axis", ["key", "label"]),
            Point=make_dataclass("Point", ["label", "changes"]),
        )

    def value(self, variant: str, *inner: Any) -> Any:
        return getattr(self.types, f"Value_{variant}")(*inner)

    def param(self, key: str, variant: str, *inner: Any) -> Any:
        return self.types.Param(key, self.value(variant, *inner))

    def choices(self, field: str) -> list[str]:
        if field == "sampler":
            return ["euler", "heun"]
        raise Err(self.types.Problem_NotFound(f"no choices for `{field}`"))

    def read(self, name: str) -> bytes:
        if name in self.assets:
            return self.assets[name]
        raise Err(self.types.Problem_NotFound(f"no asset `{name}`"))

    def image(self) -> type:
        """Adds the interface `image` to the world; gives the class of its pictures."""

        class Image:
            def __init__(self, size: tuple[int, int], format: str, pixels: bytes) -> None:
                self._size, self._format, self.data, self.closed = size, format, pixels, False

            def size(image) -> Any:
                return self.types.Size(*image._size)

            def format(image) -> Any:
                return formats[image._format]

            def read_all(image) -> bytes:
                return image.data

            def read(image, area: Any) -> bytes:
                raise AssertionError(f"the host was asked for {area}")

            def write_all(image, pixels: bytes) -> None:
                if len(pixels) != len(image.data):
                    raise Err(self.types.Problem_InvalidInput("another length"))
                image.data = pixels

            def __exit__(image, *_: Any) -> None:
                image.closed = True

        formats = enum.Enum("PixelFormat", "RGB8 RGBA8 GRAY8 RGBA_F32")
        module("wit_world.imports.image", Image=Image, PixelFormat=formats)
        return Image
