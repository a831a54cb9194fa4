"""Makes files of styles and what Python reads in them. Run it with any Python:

    python make.py

A1111 writes `styles.csv` with `csv.DictWriter` in `utf-8-sig`, and reads it with `csv.DictReader` and
`skipinitialspace`, as this does.
"""

import csv
import io
import json
import pathlib

HERE = pathlib.Path(__file__).parent
COLUMNS = ["name", "prompt", "negative_prompt"]

STYLES = [
    ["Ink", "{prompt}, ink drawing, (monochrome:1.2)", "color, photo"],
    ["plain", "oil painting", ""],
    ["two lines", "line one\nline two", "a\r\nb"],
    ["say \"hi\"", "a \"quoted\" {prompt}", "\"\""],
    ["comma, in it", "x,y", ","],
    [" spaces ", "  in front", "behind  "],
    ["猫", "🍎 {prompt} {prompt}", "悪い"],
    ["empty", "", ""],
]

FILES = {
    "by hand": "name,prompt,negative_prompt\nInk, ink, photo\nOil, \"oil, thick\", \"a \"\"b\"\"\"\n\n\nLast,x,y",
    "other order": "prompt,id,name\r\nink,1,Ink\r\noil,2,Oil\r\n",
    "old": "name,text\nInk,ink drawing\n",
    "short lines": "name,prompt,negative_prompt\nInk\nOil,oil\nAll,a,b,c,d\n",
    "quotes inside": "name,prompt,negative_prompt\na\"b,c \"d\" e,\"f\" g\n",
    "no names": "name,prompt,negative_prompt\n,a,b\nInk,c,d\n",
    "twice": "name,prompt,negative_prompt\nInk,a,b\nInk,c,d\n",
    "old line ends": "name,prompt,negative_prompt\rInk,a,b\rOil,c,d\r",
    "open quote": "name,prompt,negative_prompt\nInk,\"a,b\nc",
}


def read(text):
    found = []
    for row in csv.DictReader(io.StringIO(text, newline=""), skipinitialspace=True):
        name = row.get("name") or ""
        if name.strip():
            prompt = row["prompt"] if "prompt" in row else row["text"]
            found.append([name, prompt or "", row.get("negative_prompt") or ""])
    return found


def main():
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=COLUMNS)
    writer.writeheader()
    writer.writerows(dict(zip(COLUMNS, style)) for style in STYLES)
    written = "\ufeff" + out.getvalue()
    files = [["a1111", written, read(written.removeprefix("\ufeff"))]]
    files += [[name, text, read(text)] for name, text in FILES.items()]
    # What is added here is to be read again there.
    found = {"files": files, "styles": STYLES}
    (HERE / "expected.json").write_text(json.dumps(found, indent=1) + "\n")


main()
