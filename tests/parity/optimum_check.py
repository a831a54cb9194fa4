"""Whether Optimum draws from an exported checkpoint what diffusers draws from the checkpoint itself.

    aquatint model export checkpoints/sd1 exported/sd1
    python optimum_check.py checkpoints/sd1 exported/sd1

Needs Optimum too: pip install optimum-onnx onnxruntime
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from diffusers import DiffusionPipeline
from optimum.onnxruntime import ORTDiffusionPipeline

import prompts


def draw(pipeline, **arguments) -> np.ndarray:
    pipeline.set_progress_bar_config(disable=True)
    generator = torch.Generator().manual_seed(42)
    images = pipeline(
        prompts.PROMPT,
        negative_prompt=prompts.NEGATIVE,
        num_inference_steps=6,
        height=64,
        width=64,
        generator=generator,
        output_type="np",
        **arguments,
    ).images
    return images[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("exported", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    expected = draw(DiffusionPipeline.from_pretrained(arguments.checkpoint))
    found = draw(ORTDiffusionPipeline.from_pretrained(arguments.exported, provider="CPUExecutionProvider"))
    difference = np.abs(expected - found).max()
    print(f"largest difference of a channel, of 0 to 1: {difference:.2e}")
    if difference > 1 / 255:
        raise SystemExit("not the same picture")


if __name__ == "__main__":
    main()
