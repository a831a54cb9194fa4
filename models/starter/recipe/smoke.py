"""Runs every step of the recipe on a few concepts, in one process: that the steps fit together. The pictures are noise.

    python smoke.py FLAT/icons.json OUTLINES/icons.json TOKENIZER-FOLDER [WORK-FOLDER]
"""

import sys
import tempfile
import time
from pathlib import Path

import autoencoder
import data
import evaluate
import export
import inversion
import tiny
import train


def run(step, *arguments):
    start = time.monotonic()
    sys.argv = [step.__name__, *map(str, arguments)]
    step.main()
    print(f"-- {step.__name__}: {time.monotonic() - start:.0f} s", flush=True)


def main():
    if len(sys.argv) not in (4, 5):
        raise SystemExit(__doc__)
    flat, outlines, tokenizer = sys.argv[1:4]
    work = Path(sys.argv[4] if len(sys.argv) == 5 else tempfile.mkdtemp())
    drawn, vae, model = work / "data", work / "vae", work / "starter"
    run(data, "--icons", flat, "--outlines", outlines, "--out", drawn, "--smoke")
    run(autoencoder, "--data", drawn, "--out", vae, "--smoke")
    training = ["--data", drawn, "--vae", vae, "--tokenizer", tokenizer, "--smoke"]
    run(train, *training, "--samples", 16, "--out", work / "train")
    # on from its state
    run(train, *training, "--samples", 24, "--out", work / "train")
    run(export, "--state", work / "train/state.pt", "--vae", vae, "--tokenizer", tokenizer, "--out", model)
    # on from an exported folder
    run(train, *training, "--samples", 8, "--out", work / "further", "--start", model)
    run(tiny, "--icons", flat, "--vae", vae, "--out", model / "tiny_vae", "--state", work / "tiny.pt", "--smoke")
    run(inversion, "--model", model, "--icons", flat, "--out", work / "embeddings", "--state", work / "teal.pt", "--smoke")
    run(evaluate, "--model", model, "--data", drawn, "--icons", flat, "--names", 3, "--steps", 3, "--seeds", 1, "--out", work / "sheets")
    for made in (model / "unet/diffusion_pytorch_model.safetensors", model / "tiny_vae/config.json", work / "embeddings/teal.safetensors",
                 work / "sheets/figures.json"):
        if not made.exists():
            raise SystemExit(f"all steps ran, but {made} is not there")
    print(f"all steps ran; results in {work}")


if __name__ == "__main__":
    main()
