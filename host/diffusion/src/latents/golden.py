"""Writes golden.json: latents as torch interpolates them. Run with torch installed: python golden.py"""

import json
from pathlib import Path

import torch
from torch.nn.functional import interpolate

MODES = {
    "nearest": {"mode": "nearest"},
    "nearest-exact": {"mode": "nearest-exact"},
    "bilinear": {"mode": "bilinear"},
    "bilinear-antialiased": {"mode": "bilinear", "antialias": True},
    "bicubic": {"mode": "bicubic"},
    "bicubic-antialiased": {"mode": "bicubic", "antialias": True},
}
SIZES = [((4, 5), (8, 10)), ((4, 5), (6, 7)), ((6, 4), (3, 5)), ((7, 5), (3, 2))]


def main() -> None:
    cases = []
    for (height, width), to in SIZES:
        values = torch.randn(1, 2, height, width, generator=torch.Generator().manual_seed(height))
        for name, options in MODES.items():
            resized = interpolate(values, size=to, **options)
            cases.append(
                {
                    "how": name,
                    "from": [height, width],
                    "to": to,
                    "values": [round(v, 7) for v in values.flatten().tolist()],
                    "resized": [round(v, 6) for v in resized.flatten().tolist()],
                }
            )
    path = Path(__file__).with_name("golden.json")
    lines = ",\n".join(json.dumps(case) for case in cases)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


main()
