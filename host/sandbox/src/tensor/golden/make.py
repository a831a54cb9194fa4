"""Makes what the tests of tensors compare with, in NumPy.

    python -m venv venv && venv/bin/pip install numpy==2.4.6
    venv/bin/python make.py
"""

import itertools
import json
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent


def listed(numbers: np.ndarray) -> list[float]:
    """With the digits that tell one 32-bit float from the next."""
    return [float(f"{number:.9g}") for number in numbers.astype(np.float32).flatten()]


def main() -> None:
    random = np.random.default_rng(1)
    draw = lambda shape: (random.standard_normal(shape) * 3).astype(np.float32)
    cases = []
    for shape in ([7], [3, 4, 5], [2, 3, 1, 4], [1, 1, 9], [2, 1, 2, 1, 3, 1, 2, 2]):
        a, b = draw(shape), draw(shape)
        results = []

        def add(operation: str, result: np.ndarray, **parameters) -> None:
            numbers = listed(result)
            results.append({"operation": operation, **parameters, "numbers": numbers})

        wide, other = a.astype(float), b.astype(float)
        add("add", wide - 0.37 * other, factor=-0.37)
        add("scale", wide * 1.7, factor=1.7)
        add("shift", wide + 2.5, amount=2.5)
        for amount in (0.0, 0.3, 1.0, 1.4):
            add("lerp", wide + amount * (other - wide), amount=amount)
        # Repeated along every choice of dimensions, of up to four.
        for repeated in itertools.product((False, True), repeat=min(len(shape), 4)):
            sides = [1 if again else side for again, side in itertools.zip_longest(repeated, shape, fillvalue=False)]
            mask = random.uniform(0, 1, sides).astype(np.float32)
            result = wide + mask.astype(float) * (other - wide)
            add("mix", result, mask_shape=sides, mask=listed(mask))
        for dimension, by in itertools.product(range(len(shape)), (1, -2, 1_000_003)):
            add("roll", np.roll(a, by, axis=dimension), dimension=dimension, by=by)
        for dimension in range(len(shape)):
            add("flip", np.flip(a, axis=dimension), dimension=dimension)
        start = [random.integers(0, side) for side in shape]
        extent = [random.integers(1, side - first + 1) for side, first in zip(shape, start)]
        window = a[tuple(slice(first, first + length) for first, length in zip(start, extent))]
        add("read", window, start=[int(it) for it in start], extent=[int(it) for it in extent])
        statistics = [float(it) for it in (a.min(), a.max(), wide.mean(), wide.std())]
        cases.append(
            {
                "shape": shape,
                "numbers": listed(a),
                "other": listed(b),
                "statistics": statistics,
                "results": results,
            }
        )
    text = json.dumps(cases).replace('{"operation"', '\n{"operation"')
    (FOLDER / "cases.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
