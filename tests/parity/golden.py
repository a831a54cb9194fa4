"""Makes everything that the parity tests compare with. See README.md."""

import argparse
import os
import shutil
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import diffusers
import torch

import beginnings
import checkpoints
import decoders
import kdiffusion
import parts
import pictures
import refining
import tokens
import vaes
import wording


def main() -> None:
    steps = ("checkpoints", "tokens", "parts", "pictures", "kdiffusion", "wording", "beginnings", "decoders", "vaes", "refining")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"which of {', '.join(steps)}; all by default")
    parser.add_argument("--clip-vocabulary", type=Path, help="folder with CLIP's vocab.json and merges.txt")
    arguments = parser.parse_args()
    unknown = set(arguments.steps) - set(steps)
    if unknown:
        parser.error(f"no such step: {', '.join(sorted(unknown))}")

    # One thread: the layers are too narrow for more, and sums keep their order.
    torch.set_num_threads(1)
    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()

    for step in steps:
        if arguments.steps and step not in arguments.steps:
            continue
        print(step, flush=True)
        if step == "checkpoints":
            checkpoints.write_all()
        elif step == "tokens":
            tokens.write(arguments.clip_vocabulary)
        elif step == "parts":
            parts.write()
        else:
            module = {
                "pictures": pictures,
                "kdiffusion": kdiffusion,
                "wording": wording,
                "beginnings": beginnings,
                "decoders": decoders,
                "vaes": vaes,
                "refining": refining,
            }[step]
            shutil.rmtree(module.FOLDER, ignore_errors=True)
            module.write()


if __name__ == "__main__":
    main()
