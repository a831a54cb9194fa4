"""A byte-level BPE vocabulary of about a thousand tokens, in CLIP's scheme.

CLIP's layout is kept exactly: 256 byte symbols, the same 256 ending a word (`</w>`), one token a merge, and the two
special tokens last. So "!" is 0, as SD2 and SDXL's second tokenizer rely on for padding.
"""

import json
from collections import Counter
from pathlib import Path

import regex
from transformers import CLIPTokenizerFast

import prompts

START, END = "<|startoftext|>", "<|endoftext|>"
MERGES = 486
MAX_LENGTH = 77

# Merges are learnt from this, and from the hard prompts so that some cross the bytes of one character.
TEXT = """
an aquatint is a print made from a copper plate. the printmaker dusts the plate with resin, warms it until the grains
stick, and bites the bare metal between them with acid. where the acid works longer the plate holds more ink, and the
paper takes a darker tone. each tone is a separate bath, from the palest sky to the deepest shadow, so a picture is built
in layers, one above another. the printer wipes the plate, lays damp paper over it, and pulls it through the press.
a photo of a red apple on a wooden table. an oil painting of a quiet harbour at dawn, soft light, golden hour. a portrait
of an old sailor with a white beard, dramatic lighting, highly detailed, sharp focus. a watercolour of mountains, a river
and a stone bridge. a pencil drawing of a cat sleeping in the sun beside a blue vase of flowers. a castle on a hill in the
mist, ancient forest, stormy sea, lighthouse, garden, valley. blurry, low quality, bad anatomy, watermark, text.
"""


def byte_symbols() -> dict[int, str]:
    """GPT-2's printable stand-ins for the 256 bytes, in CLIP's order."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = [byte for byte in range(256) if byte not in printable]
    symbols = {byte: chr(byte) for byte in printable}
    symbols.update({byte: chr(256 + i) for i, byte in enumerate(rest)})
    return symbols


def learn_merges() -> list[tuple[str, str]]:
    symbols = byte_symbols()
    pieces = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+")
    words: Counter[tuple[str, ...]] = Counter()
    for text in [TEXT, *(hard for hard in prompts.HARD if len(hard) < 120)]:
        for piece in pieces.findall(text.lower()):
            spelled = [symbols[byte] for byte in piece.encode()]
            words[(*spelled[:-1], spelled[-1] + "</w>")] += 1

    merges = []
    while len(merges) < MERGES:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, count in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += count
        # Ties go to the pair that sorts first, so that the vocabulary never depends on hashing.
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        merged: Counter[tuple[str, ...]] = Counter()
        for word, count in words.items():
            merged[apply_merge(word, best)] += count
        words = merged
    return merges


def apply_merge(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    out, i = [], 0
    while i < len(word):
        if word[i : i + 2] == pair:
            out.append(word[i] + word[i + 1])
            i += 2
        else:
            out.append(word[i])
            i += 1
    return tuple(out)


def write(folder: Path, pad: str = END) -> CLIPTokenizerFast:
    """Writes a tokenizer folder as published checkpoints have it, and opens it."""
    merges = learn_merges()
    symbols = list(byte_symbols().values())
    tokens = [*symbols, *(s + "</w>" for s in symbols), *("".join(m) for m in merges), START, END]
    special = {"bos_token": START, "eos_token": END, "unk_token": END, "pad_token": pad}
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "vocab.json", {token: i for i, token in enumerate(tokens)})
    lines = ["#version: 0.2", *(" ".join(m) for m in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    write_json(folder / "special_tokens_map.json", special)
    write_json(
        folder / "tokenizer_config.json",
        {
            "add_prefix_space": False,
            "do_lower_case": True,
            "errors": "replace",
            "model_max_length": MAX_LENGTH,
            "tokenizer_class": "CLIPTokenizer",
            **special,
        },
    )
    return open_tokenizer(folder)


def open_tokenizer(folder: Path) -> CLIPTokenizerFast:
    return CLIPTokenizerFast.from_pretrained(folder)


def encode(tokenizer: CLIPTokenizerFast, texts: list[str]) -> list[list[int]]:
    """Token ids as the pipelines make them: padded and cut to the model's length."""
    encoded = tokenizer(texts, padding="max_length", max_length=MAX_LENGTH, truncation=True)
    return encoded["input_ids"]


def write_json(path: Path, value) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
