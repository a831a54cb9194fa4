"""Pictures: pixels in the host, and handles here.

Python reads and writes single pixels about a thousand times slower than the host's own operations do. So prefer, in
this order: the operations (`resize`, `blur`, `paste`, `mix`, ...), `Picture.curve` (any change of a value by itself),
`bytes` methods on whole planes (`pixels[0::4]`), and loops only over few pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from types import TracebackType
from typing import Any, NamedTuple, Union

from . import _host, values
from .problems import InvalidInput
from .values import ColorLike, PictureName


class Format(Enum):
    """How a pixel is stored."""

    RGB8 = "rgb8"
    """3 bytes: red, green, blue."""
    RGBA8 = "rgba8"
    """4 bytes: red, green, blue, alpha; not premultiplied."""
    GRAY8 = "gray8"
    """1 byte: luma."""
    RGBA_F32 = "rgba-f32"
    """16 bytes: red, green, blue, alpha as little-endian floats, 0 to 1."""

    @property
    def bytes_per_pixel(self) -> int:
        """How many bytes a pixel has."""
        return {"rgb8": 3, "rgba8": 4, "gray8": 1, "rgba-f32": 16}[self.value]


class Filter(Enum):
    """How pixels between pixels are found."""

    NEAREST = "nearest"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    LANCZOS3 = "lanczos3"


class Blend(Enum):
    """How a pasted pixel meets the pixel below it."""

    NORMAL = "normal"
    MULTIPLY = "multiply"
    SCREEN = "screen"
    OVERLAY = "overlay"
    ADD = "add"


class Box(NamedTuple):
    """A rectangle: `x` to the right and `y` downwards from the top left corner, in pixels."""

    x: int
    y: int
    width: int
    height: int


BoxLike = Union[Box, tuple[int, int, int, int]]


class Picture:
    """One picture. Its pixels are listed row by row from the top, without gaps.

    Each picture that a plugin makes counts against its budget of pixels until it is closed, by `close`, at the end of
    a `with`, or when Python lets go of it. Whatever makes or changes pixels may raise `Exhausted`.
    """

    __slots__ = ("_raw",)

    def __init__(self, raw: Any) -> None:
        """Wraps a handle of the host. To make a picture: `Picture.new`, `Picture.from_png`, `Picture.open`."""
        self._raw = raw

    @classmethod
    def new(cls, width: int, height: int, format: Format = Format.RGBA8, fill: ColorLike | None = None) -> Picture:
        """A new picture: all zero, or of one colour.

        Raises `InvalidInput` for a side of 0 or above 16384.
        """
        picture = cls(_host.call(_image().Image.create, _size(width, height), _format_to(format)))
        if fill is not None:
            picture.fill(fill)
        return picture

    @classmethod
    def from_png(cls, file: bytes) -> Picture:
        """A picture from the bytes of a PNG file.

        Raises `Unsupported` for any other kind of file, `InvalidInput` for a damaged one.
        """
        return cls(_host.call(_image().Image.decode, bytes(file)))

    @classmethod
    def open(cls, name: PictureName | str) -> Picture:
        """The picture with a name, from a setting or a request.

        Raises `NotFound` for any other name.
        """
        return cls(_host.call(_image().open, str(name)))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        size = self._raw.size()
        return size.width, size.height

    @property
    def width(self) -> int:
        """In pixels."""
        return self.size[0]

    @property
    def height(self) -> int:
        """In pixels."""
        return self.size[1]

    @property
    def format(self) -> Format:
        """How its pixels are stored."""
        return Format[self._raw.format().name]

    @property
    def pixels(self) -> bytes:
        """All pixels, a copy. Assign to replace them.

        Raises `Exhausted` for more bytes than one call may move (`read` takes windows); `InvalidInput` for a wrong
        length.
        """
        return _host.call(self._raw.read_all)

    @pixels.setter
    def pixels(self, pixels: bytes | bytearray | memoryview) -> None:
        _host.call(self._raw.write_all, bytes(pixels))

    def read(self, box: BoxLike) -> bytes:
        """The pixels of a window.

        Raises `InvalidInput` for one that is not inside.
        """
        return _host.call(self._raw.read, _area(box))

    def write(self, box: BoxLike, pixels: bytes | bytearray | memoryview) -> None:
        """Replaces the pixels of a window, in this picture's format.

        Raises `InvalidInput` for one that is not inside, or a wrong length.
        """
        _host.call(self._raw.write, _area(box), bytes(pixels))

    def curve(self, *tables: bytes | Sequence[int]) -> None:
        """Changes every value of the colour channels by a table of 256 new values, in place: one table for all
        channels, or one each for red, green and blue. Alpha stays.

        Fast: Python's own loop in C, not one of yours.
        Raises `InvalidInput` for other tables, or a picture of floats.
        """
        format = self.format
        if format is Format.RGBA_F32:
            raise InvalidInput("curve needs a picture of 8 bits, this one is rgba-f32: convert it")
        channels = 1 if format is Format.GRAY8 else 3
        if len(tables) not in (1, channels):
            raise InvalidInput(f"curve has {len(tables)} tables, expected 1 or {channels}")
        whole = [_table(table) for table in tables] * (channels if len(tables) == 1 else 1)
        stride = format.bytes_per_pixel
        if len(tables) == 1 and stride == channels:
            self.pixels = self.pixels.translate(whole[0])
            return
        pixels = bytearray(self.pixels)
        for channel, table in enumerate(whole):
            pixels[channel::stride] = pixels[channel::stride].translate(table)
        self.pixels = pixels

    def copy(self) -> Picture:
        """Another picture with the same pixels and metadata. Costs nothing until one of the two is written to."""
        return Picture(_host.call(self._raw.clone))

    def fill(self, color: ColorLike, box: BoxLike | None = None) -> None:
        """Sets every pixel, or those of a window, to one colour."""
        box = box or (0, 0, *self.size)
        _host.call(self._raw.fill, _area(box), values.to_host_color(color))

    def resize(self, width: int, height: int, filter: Filter = Filter.LANCZOS3) -> Picture:
        """A scaled copy.

        Raises `InvalidInput` for a side of 0 or above 16384.
        """
        return Picture(_host.call(self._raw.resize, _size(width, height), _image().Filter[filter.name]))

    def crop(self, box: BoxLike) -> Picture:
        """A copy of a window.

        Raises `InvalidInput` for one that is not inside.
        """
        return Picture(_host.call(self._raw.crop, _area(box)))

    def paste(
        self,
        source: Picture,
        x: int = 0,
        y: int = 0,
        opacity: float = 1.0,
        blend: Blend = Blend.NORMAL,
    ) -> None:
        """Puts another picture onto this one, its top left corner at `x`, `y`, which may be outside."""
        _host.call(self._raw.paste, source._raw, x, y, float(opacity), _image().Blend[blend.name])

    def mix(self, other: Picture, mask: Picture) -> None:
        """Weighs this picture (where `mask` is black) against `other` (where it is white).

        Raises `InvalidInput` unless all three have one size.
        """
        _host.call(self._raw.mix, other._raw, mask._raw)

    def blur(self, radius: float) -> Picture:
        """A blurred copy (Gaussian; `radius` is its standard deviation in pixels, 0 to 256)."""
        return Picture(_host.call(self._raw.blur, float(radius)))

    def convert(self, format: Format) -> Picture:
        """A copy in another format."""
        return Picture(_host.call(self._raw.convert, _format_to(format)))

    def to_png(self) -> bytes:
        """The bytes of a PNG file with these pixels, without metadata.

        Raises `Unsupported` for rgba-f32.
        """
        return _host.call(self._raw.encode)

    @property
    def metadata(self) -> dict[str, str]:
        """What is written beside the pixels, a copy. A drawn picture has `parameters`, as A1111 writes them."""
        return dict(self._raw.metadata())

    def set_metadata(self, key: str, text: str | None) -> None:
        """Adds or replaces one text; `None` removes it.

        Raises `InvalidInput` for a bad key, `Denied` for `parameters` and `aquatint`, which are the host's.
        """
        _host.call(self._raw.set_metadata, key, text)

    def name(self) -> PictureName:
        """A name for this picture as it is now, for a field of a request. Good until the call ends."""
        return PictureName(_host.call(self._raw.name))

    def close(self) -> None:
        """Gives the picture back to the host. It is of no use afterwards."""
        self._raw.__exit__(None, None, None)

    def __enter__(self) -> Picture:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        width, height = self.size
        return f"<Picture {width}x{height} {self.format.value}>"


def _image() -> Any:
    return _host.interface("image")


def _size(width: int, height: int) -> Any:
    return _host.interface("types").Size(_side("width", width), _side("height", height))


def _area(box: BoxLike) -> Any:
    x, y, width, height = box
    sides = (_side("x", x), _side("y", y), _side("width", width), _side("height", height))
    return _host.interface("types").Area(*sides)


def _side(what: str, value: Any) -> int:
    # The bindings would trap on a number that does not fit.
    if isinstance(value, int) and 0 <= value < 1 << 32:
        return value
    raise InvalidInput(f"{what} is {value!r}, expected a whole number of pixels")


def _format_to(format: Format) -> Any:
    return _image().PixelFormat[format.name]


def _table(given: bytes | Sequence[int]) -> bytes:
    try:
        table = bytes(given)
    except (TypeError, ValueError):
        table = b""
    if len(table) != 256:
        raise InvalidInput("a table of curve is not 256 numbers from 0 to 255")
    return table
