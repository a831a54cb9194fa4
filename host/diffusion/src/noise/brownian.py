"""Writes brownian.json: what real torchsde has a Brownian motion do, and how A1111's mixture of two noises comes out.

    python brownian.py

Needs torch and torchsde (0.2.6) with trampoline. k-diffusion's noise is the motion's increment by the root of its length.
"""

import json
import warnings
from pathlib import Path

import torch
import torchsde

warnings.simplefilter("ignore")

CASES = [
    # Seed, range, numbers, and pairs of sigmas.
    (0, (0.029167, 14.614647), 32, [(14.614647, 9.5), (9.5, 4.25), (4.25, 0.7), (0.7, 0.029167)]),
    (42, (0.1, 80.0), 20, [(80.0, 79.999), (12.0, 0.1), (3.3, 3.2)]),
    (2**32 + 7, (0.03, 10.0), 7, [(10.0, 5.0), (5.0, 7.5), (2.5, 2.500002)]),
    (2**63 + 5, (0.002, 4096.0), 16, [(4096.0, 1.0), (1.0, 0.5), (0.003, 0.002)]),
    # Beyond the ends it stands still.
    (5, (1.0, 2.0), 16, [(3.0, 1.5), (1.5, 0.5)]),
]


def rounded(x):
    return [float(f"{v:.8g}") for v in x.flatten().tolist()]


def case(seed, ends, size, pairs):
    ends = torch.tensor(ends)
    tree = torchsde.BrownianTree(ends[0], torch.zeros(size), ends[1], entropy=seed)
    noises = []
    for high, low in pairs:
        a, b = torch.tensor(high), torch.tensor(low)
        sign = 1 if a < b else -1
        noises.append(rounded(tree(min(a, b), max(a, b)) * sign / (b - a).abs().sqrt()))
    return {"seed": seed, "range": ends.tolist(), "size": size, "pairs": pairs, "noises": noises}


def mixture(shape, strength, near):
    """A1111's formula: along the arc between the columns."""
    own = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    other = torch.randn(shape, generator=torch.Generator().manual_seed(2))
    if near:
        other = own + other * 0.001
    a = own / own.norm(dim=1, keepdim=True)
    b = other / other.norm(dim=1, keepdim=True)
    cosine = (a * b).sum(1)
    if cosine.mean() > 0.9995:
        mixed = own * strength + other * (1 - strength)
    else:
        angle = cosine.acos()
        parts = [torch.sin((1 - strength) * angle), torch.sin(strength * angle)]
        mixed = sum((p / angle.sin()).unsqueeze(1) * n for p, n in zip(parts, (own, other)))
    return {"shape": list(shape), "strength": strength, "near": near, "mixed": rounded(mixed)}


motions = [case(*each) for each in CASES]
mixtures = [mixture((2, 3, 4), s, near) for s in (0.0, 0.3, 1.0) for near in (False, True)]
text = json.dumps({"motions": motions, "mixtures": mixtures}, separators=(",", ":"))
Path(__file__).with_name("brownian.json").write_text(text + "\n")
