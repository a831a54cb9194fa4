"""Writes the trained weights as a diffusers folder in half precision, in the layout of Stable Diffusion 1.x.

The folder may be in use: everything is written beside it first, and then each file is renamed into its place.
"""

import argparse
import json
import os
import shutil
import tempfile
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DPMSolverMultistepScheduler, StableDiffusionPipeline
from transformers import CLIPTokenizer

import model


def singulars(word):
    if word.endswith("ies"):
        yield word[:-3] + "y"
    if word.endswith("es"):
        yield word[:-2]
    if word.endswith("s"):
        yield word[:-1]
    yield word + "s"


def widen(table, known, vocabulary):
    """CLIP's whole token table: known rows in place, a plural as its singular, all others as the unknown word."""
    row = {token: i + 1 for i, token in enumerate(known)}
    full = table[0].repeat(len(vocabulary), 1)
    copied = 0
    for text, token in vocabulary.items():
        if token in row:
            full[token] = table[row[token]]
        elif text.endswith("</w>") and len(text) > 6:
            same = next((vocabulary[s + "</w>"] for s in singulars(text[:-4]) if vocabulary.get(s + "</w>") in row), None)
            if same is not None:
                full[token] = table[row[same]]
                copied += 1
    return full, copied


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--state", required=True, type=Path, help="state.pt of train.py")
    p.add_argument("--vae", required=True)
    p.add_argument("--tokenizer", required=True)
    p.add_argument("--out", required=True, type=Path)
    p.add_argument("--steps", type=int, default=8, help="default steps written to aquatint.json")
    p.add_argument("--cfg", type=float, default=2.0, help="default guidance written to aquatint.json")
    p.add_argument("--previews", type=Path, help="an aquatint.json whose previews are kept: that of a folder with the same autoencoder")
    a = p.parse_args()

    state = torch.load(a.state, weights_only=True)
    net = model.unet()
    net.load_state_dict({k[5:]: v for k, v in state["ema"].items() if k.startswith("unet.")})
    tok = CLIPTokenizer.from_pretrained(a.tokenizer)
    tok.model_max_length = model.LENGTH  # without it diffusers pads to a length that overflows
    vocabulary = tok.get_vocab()
    text = model.text_encoder(len(vocabulary))
    weights = {k[5:]: v for k, v in state["ema"].items() if k.startswith("text.")}
    weights[model.TOKENS], copied = widen(weights[model.TOKENS], state["known"], vocabulary)
    text.load_state_dict(weights)
    vae = AutoencoderKL.from_pretrained(a.vae)

    pipe = StableDiffusionPipeline(
        vae=vae.half(), text_encoder=text.half(), tokenizer=tok, unet=net.half(),
        scheduler=DPMSolverMultistepScheduler(**model.SCHEDULER),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )
    a.out.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".export-", dir=a.out))
    try:
        pipe.save_pretrained(fresh)
        # diffusers records the path a part was read from, and writes an infinite default as a number that JSON does not have
        for config in [*fresh.rglob("config.json"), fresh / "scheduler/scheduler_config.json"]:
            kept = {k: v for k, v in json.loads(config.read_text()).items() if k not in ("_name_or_path", "lambda_min_clipped")}
            config.write_text(json.dumps(kept, indent=2) + "\n")
        defaults = dict(steps=a.steps, cfg=a.cfg, sampler="DPM++ 2M", schedule="model")
        told = dict(name="starter", defaults=defaults)
        if a.previews:
            told["preview"] = json.loads(a.previews.read_text())["preview"]
        (fresh / "aquatint.json").write_text(json.dumps(told, indent=2) + "\n")
        files = sorted(f for f in fresh.rglob("*") if f.is_file())
        size = sum(f.stat().st_size for f in files)
        for f in files:
            to = a.out / f.relative_to(fresh)
            to.parent.mkdir(parents=True, exist_ok=True)
            f.chmod(0o644)
            os.replace(f, to)
    finally:
        shutil.rmtree(fresh)
    print(f"{size / 1e6:.2f} MB after {state['seen']} samples, {state['spent'] / 60:.0f} minutes; {copied} tokens copied from a plural or singular")


if __name__ == "__main__":
    main()
