"""`filter.rs`, in Python."""

from math import sqrt

GRAIN = 0.04
MASK = 0xFFFFFFFF


def develop(pixels: bytearray) -> None:
    """Filters RGBA pixels in place."""
    for place in range(len(pixels) // 4):
        at = 4 * place
        red = to_linear(pixels[at])
        green = to_linear(pixels[at + 1])
        blue = to_linear(pixels[at + 2])
        grain = grain_at(place)
        pixels[at] = encode(0.86 * red + 0.12 * green + 0.05 * blue, grain)
        pixels[at + 1] = encode(0.08 * red + 0.84 * green + 0.07 * blue, grain)
        pixels[at + 2] = encode(0.06 * red + 0.14 * green + 0.76 * blue, grain)


def to_linear(byte: int) -> float:
    x = byte / 255
    return x * (0.01252184 + x * (0.6821741 + x * 0.30530406))


def encode(mixed: float, grain: float) -> int:
    second = sqrt(clamp(mixed))
    fourth = sqrt(second)
    eighth = sqrt(fourth)
    encoded = 0.59985127 * second + 0.74701108 * fourth - 0.34686235 * eighth
    return int(clamp(encoded + grain) * 255 + 0.5)


def grain_at(place: int) -> float:
    mixed = place * 0x9E3779B1 & MASK
    mixed = (mixed ^ mixed >> 15) * 0x85EBCA77 & MASK
    mixed ^= mixed >> 13
    return ((mixed >> 8) / 16777216 - 0.5) * GRAIN


def clamp(value: float) -> float:
    return 0.0 if value < 0 else 1.0 if value > 1 else value
