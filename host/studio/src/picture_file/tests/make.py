"""Makes pictures with parameters as other programs write them. Run it where Pillow and piexif are:

    python make.py

A1111 saves JPEG and WebP with Pillow, and then puts the parameters in with piexif, as `a1111` does here. Others write
EXIF of their own making. What is expected is in `expected.json`, by file; `exif` there is what piexif makes of texts.
"""

import io
import json
import pathlib
import struct

import piexif
import piexif.helper
from PIL import Image

HERE = pathlib.Path(__file__).parent
FILES = HERE / "files"

TEXT = """a café, (猫:1.2) 🍎
Negative prompt: blurry, "quoted"
Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 42, Size: 16x8, Model hash: 6ce0161689, Model: ink, Version: v1.10.1"""
ASCII = "a red apple\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 16x8, Model: ink"

expected, exif = {}, []


def image():
    return Image.linear_gradient("L").resize((16, 8)).convert("RGB")


def comment(text, encoding="unicode"):
    value = piexif.helper.UserComment.dump(text, encoding=encoding)
    return piexif.dump({"Exif": {piexif.ExifIFD.UserComment: value}})


def a1111(name, format, **options):
    path = FILES / name
    image().save(path, format=format, **options)
    piexif.insert(comment(TEXT), str(path))
    expected[name] = {"parameters": TEXT, "keywords": ["parameters"]}


def little_endian(value, first=()):
    """EXIF with the little end first, as most cameras and other libraries write it."""
    entries = list(first)
    count = len(entries) + 1
    inner = 8 + 2 + 12 * count + 4
    texts = inner + 2 + 12 + 4
    out = b"II*\0" + struct.pack("<IH", 8, count)
    later = b""
    for tag, text in entries:
        data = text.encode() + b"\0"
        out += struct.pack("<HHII", tag, 2, len(data), texts + len(value) + len(later))
        later += data
    out += struct.pack("<HHII", 0x8769, 4, 1, inner) + b"\0\0\0\0"
    out += struct.pack("<H", 1) + struct.pack("<HHII", 0x9286, 7, len(value), texts) + b"\0\0\0\0"
    return out + value + later


def save(name, format, data, parameters, keywords):
    out = io.BytesIO()
    image().save(out, format, exif=data)
    (FILES / name).write_bytes(out.getvalue())
    expected[name] = {"parameters": parameters, "keywords": keywords}


def main():
    FILES.mkdir(exist_ok=True)
    a1111("a1111.jpg", "JPEG", quality=80)
    a1111("a1111.webp", "WEBP", quality=80, lossless=False)
    a1111("a1111-lossless.webp", "WEBP", quality=80, lossless=True)
    own = ["parameters"]
    save("ascii.jpg", "JPEG", b"Exif\0\0" + little_endian(b"ASCII\0\0\0" + ASCII.encode()), ASCII, own)
    save("little.jpg", "JPEG", b"Exif\0\0" + little_endian(b"UNICODE\0" + TEXT.encode("utf-16-le")), TEXT, own)
    save("marked.webp", "WEBP", little_endian(b"UNICODE\0" + TEXT.encode("utf-16")), TEXT, own)
    save("undefined.webp", "WEBP", little_endian(b"\0" * 8 + TEXT.encode()), TEXT, own)
    save("bare.jpg", "JPEG", b"Exif\0\0" + little_endian(ASCII.encode()), ASCII, own)
    # As ComfyUI's nodes do: a text with its keyword as the camera's model, another as its maker.
    comfy = [(0x010F, 'workflow:{"nodes": []}'), (0x0110, 'prompt:{"1": {"class_type": "KSampler"}}')]
    save("comfy.webp", "WEBP", little_endian(b"", comfy), None, ["prompt", "workflow"])
    save("plain.jpg", "JPEG", b"", None, [])
    for text in ["", "a", "a\nb", TEXT, ASCII * 4]:
        made = comment(text)
        exif.append([text, made.removeprefix(b"Exif\0\0").hex()])
    found = {"files": expected, "exif": exif}
    (HERE / "expected.json").write_text(json.dumps(found, indent=1) + "\n")


main()
