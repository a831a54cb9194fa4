"""Writes the looks in assets/lut: `python3 looks.py`. Each is a few lines of colour arithmetic, made for this plugin."""

from pathlib import Path

SIZE = 9


def clamp(value):
    return min(max(value, 0.0), 1.0)


def mix(one, other, amount):
    return [a + (b - a) * amount for a, b in zip(one, other)]


def light(color):
    return 0.2126 * color[0] + 0.7152 * color[1] + 0.0722 * color[2]


def gray(color):
    return [light(color)] * 3


def contrast(color, amount):
    """An S-curve: a smoothstep, mixed in."""
    return [v + amount * (v * v * (3 - 2 * v) - v) for v in map(clamp, color)]


def gain(color, red, green, blue):
    return [color[0] * red, color[1] * green, color[2] * blue]


def gamma(color, red, green, blue):
    return [clamp(v) ** g for v, g in zip(color, (red, green, blue))]


def warm(color):
    return contrast(gamma(color, 0.90, 0.99, 1.14), 0.15)


def cool(color):
    return contrast(gamma(color, 1.12, 1.01, 0.90), 0.15)


def teal_orange(color):
    tone = mix([0.02, 0.30, 0.36], [1.0, 0.83, 0.62], light(color))
    # Colours that are already warm stay so; everything else goes towards the tone of its light.
    warmth = clamp((color[0] - color[2]) * 1.5)
    toned = [v * 0.65 + t * 0.35 for v, t in zip(color, tone)]
    return contrast(mix(toned, gain(color, 1.05, 0.97, 0.85), warmth), 0.25)


def faded(color):
    soft = mix(gray(color), color, 0.72)
    return [0.09 + v * 0.82 + t for v, t in zip(soft, (0.012, 0.0, 0.02))]


def vivid(color):
    return contrast(mix(gray(color), color, 1.35), 0.35)


def bleach(color):
    pale = mix(color, gray(color), 0.55)
    g = light(color)
    overlay = [2 * v * g if g < 0.5 else 1 - 2 * (1 - v) * (1 - g) for v in pale]
    return mix(pale, overlay, 0.7)


def noir(color):
    # Reds brighter, blues darker, as an orange filter before black and white film.
    value = 0.42 * color[0] + 0.50 * color[1] + 0.08 * color[2]
    return contrast([value] * 3, 0.8)


def sepia(color):
    g = contrast(gray(color), 0.2)[0]
    return gamma([g] * 3, 0.78, 1.0, 1.38)


LOOKS = {
    "warm": warm,
    "cool": cool,
    "teal-orange": teal_orange,
    "faded": faded,
    "vivid": vivid,
    "bleach": bleach,
    "noir": noir,
    "sepia": sepia,
}

folder = Path(__file__).parent / "assets/lut"
folder.mkdir(parents=True, exist_ok=True)
for name, look in LOOKS.items():
    lines = [f'TITLE "{name}"', f"LUT_3D_SIZE {SIZE}"]
    for index in range(SIZE**3):
        place = (index % SIZE, index // SIZE % SIZE, index // SIZE**2)
        color = look([step / (SIZE - 1) for step in place])
        lines.append(" ".join(f"{clamp(v):.4f}".rstrip("0").rstrip(".") for v in color))
    (folder / f"{name}.cube").write_text("\n".join(lines) + "\n")
