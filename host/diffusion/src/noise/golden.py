"""Writes golden.json: what real torch draws on the CPU.

    python golden.py

Needs torch. The first 64 sizes are kept whole, two calls of each size from one generator; large
ones as their first and last 8 values and sums in float64.
"""

import json
from pathlib import Path

import torch

SEEDS = [0, 42, 2**32 - 1]


def rounded(values):
    return [float(f"{v:.9g}") for v in values]


def small(seed):
    # One generator for all sizes: this also covers the spare number that tensors of fewer
    # than 16 elements leave for the next such tensor.
    generator = torch.Generator().manual_seed(seed)
    return [rounded(torch.randn(n, generator=generator).tolist()) for n in range(1, 65)]


def large(seed, size):
    generator = torch.Generator().manual_seed(seed)
    calls = []
    for _ in range(2):
        x = torch.randn(size, generator=generator)
        calls.append(
            {
                "first": rounded(x[:8].tolist()),
                "last": rounded(x[-8:].tolist()),
                "sum": x.double().sum().item(),
                "sum_of_squares": x.double().square().sum().item(),
            }
        )
    return {"size": size, "calls": calls}


golden = [
    {"seed": seed, "small": small(seed), "large": [large(seed, n) for n in (4096, 16384, 16389)]}
    for seed in SEEDS
]
Path(__file__).with_name("golden.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
