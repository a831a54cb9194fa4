"""Writes CLIP's vocab.json and merges.txt from the merge list that open_clip_torch carries (a wheel or the unpacked .gz)."""

import argparse
import gzip
import json
import zipfile
from pathlib import Path

MERGES = 49152 - 256 - 2


def symbols():
    """CLIP's 256 byte symbols, in its order: printable bytes stand for themselves, the rest for characters from 256 up."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return [chr(b) for b in plain] + [chr(256 + i) for i in range(256 - len(plain))]


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("source", type=Path, help="open_clip_torch-*.whl or bpe_simple_vocab_16e6.txt.gz")
    p.add_argument("out", type=Path)
    a = p.parse_args()
    packed = a.source.read_bytes()
    if a.source.suffix == ".whl":
        with zipfile.ZipFile(a.source) as wheel:
            packed = wheel.read("open_clip/bpe_simple_vocab_16e6.txt.gz")
    merges = gzip.decompress(packed).decode().split("\n")[1:MERGES + 1]
    base = symbols()
    words = base + [s + "</w>" for s in base] + ["".join(m.split()) for m in merges] + ["<|startoftext|>", "<|endoftext|>"]
    assert len(words) == 49408
    a.out.mkdir(parents=True, exist_ok=True)
    (a.out / "vocab.json").write_text(json.dumps({w: i for i, w in enumerate(words)}, ensure_ascii=False))
    (a.out / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")


if __name__ == "__main__":
    main()
