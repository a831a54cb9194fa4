"""Token ids of the hard prompts, by CLIPTokenizerFast: for the tiny vocabulary and for CLIP's own."""

import json
import tempfile
from pathlib import Path

from transformers import CLIPTokenizerFast

import checkpoints
import prompts
import vocabulary

INDEX = Path(__file__).parent / "golden" / "tokens.json"


def write(clip: Path | None) -> None:
    """`clip` holds CLIP's vocab.json and merges.txt; without it the ids on file are kept."""
    texts = prompts.HARD
    before = json.loads(INDEX.read_text(encoding="utf-8")) if INDEX.exists() else []
    if clip:
        full = vocabulary.encode(open_clip_vocabulary(clip), texts)
    else:
        known = {entry["text"]: entry["clip"] for entry in before}
        missing = [text for text in texts if text not in known]
        if missing:
            raise SystemExit(f"new prompts need --clip-vocabulary: {missing}")
        full = [known[text] for text in texts]
    tiny = vocabulary.encode(vocabulary.open_tokenizer(checkpoints.FOLDER / "sd1" / "tokenizer"), texts)
    # "!" pads, as in SD2 and in SDXL's second tokenizer.
    padded = vocabulary.encode(vocabulary.open_tokenizer(checkpoints.FOLDER / "sd2v" / "tokenizer"), texts)
    lines = [
        json.dumps({"text": text, "tiny": a, "tiny_padded": b, "clip": c}, separators=(",", ":"))
        for text, a, b, c in zip(texts, tiny, padded, full, strict=True)
    ]
    INDEX.parent.mkdir(parents=True, exist_ok=True)
    INDEX.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def open_clip_vocabulary(folder: Path) -> CLIPTokenizerFast:
    with tempfile.TemporaryDirectory() as temporary:
        for file in ("vocab.json", "merges.txt"):
            (Path(temporary) / file).write_bytes((folder / file).read_bytes())
        special = {"bos_token": vocabulary.START, "eos_token": vocabulary.END}
        special |= {"unk_token": vocabulary.END, "pad_token": vocabulary.END}
        vocabulary.write_json(Path(temporary) / "special_tokens_map.json", special)
        vocabulary.write_json(
            Path(temporary) / "tokenizer_config.json",
            {"model_max_length": vocabulary.MAX_LENGTH, "tokenizer_class": "CLIPTokenizer", **special},
        )
        return CLIPTokenizerFast.from_pretrained(temporary)
