"""Running ONNX models on the host's providers. Needs the permission `inference`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from . import _host
from .latents import Latents
from .picture import Picture


class Element(Enum):
    """The type of a tensor's elements. Little-endian."""

    FP16 = "FP16"
    FP32 = "FP32"
    FP64 = "FP64"
    BF16 = "BF16"
    U8 = "U8"
    I32 = "I32"
    I64 = "I64"


class Order(Enum):
    """Where the colours of a pixel are in a tensor."""

    PLANES = "planes"
    """`[1, 3, height, width]`."""
    PIXELS = "pixels"
    """`[1, height, width, 3]`."""


@dataclass(frozen=True)
class Port:
    """An input or output of a model. A dimension that any number fits is `None`."""

    name: str
    element: Element
    dimensions: tuple[int | None, ...]


class Tensor:
    """A tensor, held by the host. Whatever makes one may raise `InvalidInput` and `Exhausted`."""

    __slots__ = ("_raw",)

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    @classmethod
    def new(cls, dimensions: Sequence[int], element: Element, data: bytes) -> Tensor:
        """From bytes, in row-major order."""
        inference = _inference()
        kind = inference.TensorType[element.name]
        return cls(_host.call(inference.Tensor.create, list(dimensions), kind, bytes(data)))

    @classmethod
    def of_picture(
        cls, picture: Picture, order: Order = Order.PLANES, scale: float = 1.0, offset: float = 0.0
    ) -> Tensor:
        """From a picture, as FP32: `scale * v + offset` for each colour `v`, 0 to 1."""
        inference = _inference()
        place = inference.ChannelOrder[order.name]
        return cls(_host.call(inference.Tensor.of_image, picture._raw, place, scale, offset))

    @classmethod
    def of_latents(cls, latents: Latents) -> Tensor:
        """From latents, as FP32, with their shape."""
        return cls(_host.call(_inference().Tensor.of_latents, latents._raw))

    @property
    def dimensions(self) -> tuple[int, ...]:
        """Outermost first."""
        return tuple(self._raw.dimensions())

    @property
    def element(self) -> Element:
        """The type of its elements."""
        return Element[self._raw.element().name]

    @property
    def data(self) -> bytes:
        """Its bytes, a copy."""
        return _host.call(self._raw.data)

    def to_picture(self, order: Order = Order.PLANES, scale: float = 1.0, offset: float = 0.0) -> Picture:
        """A picture from floats with 3 channels (or 1): `scale * v + offset`, clamped to 0 to 1."""
        place = _inference().ChannelOrder[order.name]
        return Picture(_host.call(self._raw.to_image, place, scale, offset))

    def to_latents(self) -> Latents:
        """Latents of the same shape, from floats."""
        return Latents(_host.call(self._raw.to_latents))


class Model:
    """A model, loaded. The host keeps models, so loading one again is cheap."""

    __slots__ = ("_raw",)

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    @classmethod
    def load(cls, *, asset: str | None = None, name: str | None = None) -> Model:
        """An asset of the plugin, a whole ONNX file; or a model that the user has for plugins, by name.

        Raises `NotFound`, `InvalidInput` for a file that is no model, `Unsupported`, `Exhausted`.
        """
        if (asset is None) == (name is None):
            raise TypeError("expected either asset or name")
        inference = _inference()
        source = inference.Source_Model(name) if asset is None else inference.Source_Asset(asset)
        return cls(_host.call(inference.load, source))

    @property
    def inputs(self) -> list[Port]:
        """What it takes."""
        return [_port(port) for port in self._raw.inputs()]

    @property
    def outputs(self) -> list[Port]:
        """What it gives."""
        return [_port(port) for port in self._raw.outputs()]

    def __call__(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Runs it: all inputs, by name; gives all outputs. The inputs are used up.

        Raises `InvalidInput` for a missing, unknown or misshapen input, `Exhausted`, `Failed`, `Cancelled`.
        """
        named = [(name, tensor._raw) for name, tensor in inputs.items()]
        return {name: Tensor(raw) for name, raw in _host.call(self._raw.compute, named)}


def models() -> list[str]:
    """The names that `Model.load` takes here, sorted."""
    return list(_inference().models())


def _inference() -> Any:
    return _host.interface("inference")


def _port(raw: Any) -> Port:
    return Port(raw.name, Element[raw.element.name], tuple(raw.dimensions))
