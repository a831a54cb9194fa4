"""What other programs read in our pictures and texts, as JSON on standard output.

    read.py FOLDER sd-parsers    standard input: a JSON list of paths of pictures
    read.py FOLDER a1111         standard input: a JSON list of lines of parameters

FOLDER is where sd-parsers is installed. The second kind needs no package: it is A1111's regular expression, and its rule
for quotes.
"""

import json
import re
import sys


def read_with_sd_parsers(path):
    from sd_parsers import ParserManager
    from sd_parsers.extractors import _jpeg_usercomment as comments

    # It remembers the last comment by the address of its picture, which the next picture may have.
    comments._image_id = None
    try:
        found = ParserManager().parse(path)
    except Exception as error:
        return {"error": type(error).__name__}
    if found is None:
        return {"error": "nothing found"}
    (sampler,) = found.samplers
    return {
        "generator": found.generator.value,
        "prompt": found.full_prompt,
        "negative": found.full_negative_prompt,
        "sampler": sampler.name,
        "parameters": sampler.parameters,
        "model": [sampler.model.name, sampler.model.hash],
        "metadata": found.metadata,
    }


PAIR = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')


def read_as_a1111(line):
    def unquoted(value):
        if len(value) == 0 or value[0] != '"' or value[-1] != '"':
            return value
        try:
            return json.loads(value)
        except ValueError:
            return value

    return [[key, unquoted(value)] for key, value in PAIR.findall(line)]


def main():
    folder, how = sys.argv[1:]
    sys.path.insert(0, folder)
    read = {"sd-parsers": read_with_sd_parsers, "a1111": read_as_a1111}[how]
    asked = json.loads(sys.stdin.buffer.read())
    json.dump([read(one) for one in asked], sys.stdout)


main()
