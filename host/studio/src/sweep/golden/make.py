"""Makes what the tests of ranges and of comma-separated values compare with.

    python -m venv venv && venv/bin/pip install numpy==2.4.6
    venv/bin/python make.py

`ranges.json` has two answers for each text. `numpy` is A1111's: its rules for axes of whole numbers and of numbers, with
NumPy counting in floats, as it does. `exact` are the same rules as its manual gives them (a range has its end, and
nothing behind it), in fractions, each rounded to the nearest float once. Where the two differ A1111 is wrong, and the
test has a list of where.

`csv.json` is Python's own reader of comma-separated values, with `skipinitialspace`, and the white space around each
value taken away.
"""

import csv
import io
import json
import math
import random
import re
from fractions import Fraction
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
NUMBER = {"whole": r"[+-]?\d+", "any": r"[+-]?\d+(?:\.\d*)?"}


def values(text: str) -> list[str]:
    rows = csv.reader(io.StringIO(text), skipinitialspace=True)
    return [value.strip() for row in rows for value in row]


def parts(item: str, kind: str) -> tuple[str, str, str | None, str | None] | None:
    """Start, end, and step or count of a range."""
    number = NUMBER[kind]
    tail = rf"(?:\s*\(([+-]{number.lstrip('[+-]?')})\s*\)|\s*\[(\d+)\s*\])?"
    match = re.fullmatch(rf"\s*({number})\s*-\s*({number}){tail}\s*", item)
    return match.groups() if match else None


def with_numpy(text: str, kind: str) -> list:
    result = []
    for item in filter(None, values(text)):
        match = parts(item, kind)
        read = int if kind == "whole" else float
        if match is None:
            result.append(read(item))
            continue
        start, end = read(match[0]), read(match[1])
        if match[3] is not None:
            points = np.linspace(start, end, int(match[3])).tolist()
            result += [read(point) for point in points]
        elif kind == "whole":
            result += range(start, end + 1, int(match[2] or 1))
        else:
            step = float(match[2] or 1)
            result += np.arange(start, end + step, step).tolist()
    return result


def exactly(text: str, kind: str) -> list:
    result = []
    for item in filter(None, values(text)):
        match = parts(item, kind)
        if match is None:
            result.append(Fraction(item))
            continue
        start, end = Fraction(match[0]), Fraction(match[1])
        if match[3] is not None:
            gaps = int(match[3]) - 1
            result += [start + (end - start) * i / max(gaps, 1) for i in range(gaps + 1)]
        else:
            step = Fraction(match[2] or 1)
            result += [start + step * i for i in range(math.floor((end - start) / step) + 1)]
    return [math.trunc(it) if kind == "whole" else float(it) for it in result]


WHOLE = [
    # As the manual has them.
    "1-5", "1-5 (+2)", "10-5 (-3)", "1-10 [5]", "0-10 [6]",
    # Alone, with signs, mixed.
    "7", "+7", "-1", "-5--1", "-5-5", "-5 - +5", "1, 3-5, 10", " 1 ,2-3,, 4 ", '"1","2-4"', "3-3", "0-0 [1]", "5-9 [1]",
    # Steps.
    "1-9 (+2)", "1-9(+2)", "1-9 (+2 )", "1-10 (+4)", "-9--1 (+4)", "1-5 (+100)",
    # Falling.
    "5-1 (-1)", "10-1 (-1)", "10-5 (-5)", "10-5 (-6)", "-1--5 (-2)", "5--5 (-5)",
    # Points between whole numbers, cut off towards nothing.
    "0-100 [7]", "-5-5 [4]", "10-1 [4]", "0-2 [99]", "0-1 [50]", "1-20 [20]", "-10-10 [9]", "0-5 [11]", "1-100[ 4 ]",
    # Twice.
    "1-3, 2-4", "1,1,1",
    # Seeds.
    "18446744073709551615", "4294967290-4294967295",
]
ANY = [
    "1-5", "1-5 (+2)", "10-5 (-3)", "1-3 (+0.5)", "1-10 [5]", "0.0-1.0 [6]", "0-1 [5]", "0-1 [3]",
    "7", "7.5", "-0.5", "5.", "1-9 (+2)", "1-9 (+3)", "1-3.5", "1-1", "0-1 (+0.1)", "0-1 (+.1)", "0-0.3 (+0.1)",
    "0.1-0.9 (+0.2)", "1-0 (-0.25)", "1-0 (-0.1)", "-1-1 (+0.5)", "-0.5--0.1 (+0.1)", "0.001-0.009 [5]",
    "0-1 [4]", "0-1 [8]", "0-1 [11]", "0-1 [50]", "-1-1 [7]", "1-0 [3]", "0.5-0.5 [3]", "2-3 [1]", "7-7.4 (+0.1)",
    "1, 2.5-3.5 (+0.5), 10", "1-2, 1-2 [3]", "0.05-0.95 (+0.15)", "0-360 (+22.5)", "6.5-8 (+0.25)", "1-1.3 (+0.1)",
]
WRITTEN = [
    "", " ", ",", ",,", "a", "a,b", " a , b ", 'cat,dog,"a, b"', '"a ""b"" c", d', '"a" b, c', 'a "b", c', "a\nb", "a,b\n\nc,d\n",
    '"a\nb",c', '"unfinished, b', '""', '"",a', '"a",', "a,\"b", ' "a, b" ', "\t\"a, b\"", '"a"b"c"', '"a""', '""""', '" a "',
    "a\r\nb", "é, 猫,\u3000x\u3000", "'a, b'", "a\\,b", '1, "2-3" ,4', "a,\n,b", "\n\n", " \n", 'say "hi, you"',
]


def rules(texts: list[str], kind: str) -> list[dict]:
    # NUMBER wants a digit before the point of a step, as A1111 does; the shorter form is the same number.
    full = [re.sub(r"\(([+-])\.", r"(\g<1>0.", text) for text in texts]
    full = [re.sub(r"\[ (\d+) \]", r"[\1]", text) for text in full]
    return [
        {"given": text, "kind": kind, "numpy": with_numpy(it, kind), "exact": exactly(it, kind)}
        for text, it in zip(texts, full)
    ]


def scribbles(count: int) -> list[str]:
    """Texts of all that means something, in every order."""
    chance = random.Random(1)
    signs = ['"', '"', ",", " ", "\n", "a", "b", "\t", "é"]
    return ["".join(chance.choices(signs, k=chance.randrange(1, 16))) for _ in range(count)]


def write(name: str, cases: list[dict]) -> None:
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    (FOLDER / name).write_text(f"[\n{lines}\n]\n", encoding="utf-8")


write("ranges.json", rules(WHOLE, "whole") + rules(ANY, "any"))
write("csv.json", [{"given": text, "values": values(text)} for text in WRITTEN + scribbles(300)])
