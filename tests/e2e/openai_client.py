"""The package `openai` against the server, as its users call it.

    python openai_client.py PORT KEY
"""

import base64
import io
import sys

import openai
from PIL import Image

client = openai.OpenAI(base_url=f"http://127.0.0.1:{sys.argv[1]}/v1", api_key=sys.argv[2], max_retries=0)


def picture(text):
    return Image.open(io.BytesIO(base64.b64decode(text)))


made = client.images.generate(model="gpt-image-1", prompt="a red apple", n=2, size="64x64", quality="low",
                              extra_body={"aquatint": {"steps": 2, "seed": 3}})
assert [picture(it.b64_json).size for it in made.data] == [(64, 64), (64, 64)]
assert made.created > 0 and made.usage.total_tokens == 0

place = client.images.generate(prompt="a red apple", size="64x64", response_format="url",
                               extra_body={"aquatint": {"steps": 2}})
assert place.data[0].url.startswith("http://127.0.0.1:"), place.data[0].url

events = list(client.images.generate(model="gpt-image-1", prompt="a red apple", size="256x256", stream=True,
                                     partial_images=2, extra_body={"aquatint": {"steps": 12}}))
kinds = [event.type for event in events]
assert kinds[-1] == "image_generation.completed", kinds
assert set(kinds[:-1]) <= {"image_generation.partial_image"}, kinds
assert picture(events[-1].b64_json).size == (256, 256)
for event in events[:-1]:
    picture(event.b64_json).load()

# Edits and variations begin from a picture; what is transparent in the mask is what changes.
first = io.BytesIO(base64.b64decode(made.data[0].b64_json))
mask = io.BytesIO()
Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(mask, "PNG")
edited = client.images.edit(image=("a.png", first.getvalue(), "image/png"), mask=("m.png", mask.getvalue(), "image/png"),
                            prompt="a pear", size="64x64", n=1)
assert picture(edited.data[0].b64_json).size == (64, 64)
varied = client.images.create_variation(image=("a.png", first.getvalue(), "image/png"), size="64x64",
                                        response_format="b64_json")
assert picture(varied.data[0].b64_json).size == (64, 64)

names = [model.id for model in client.models.list()]
assert "starter" in names, names
assert client.models.retrieve("starter").id == "starter"

for call, error in [
    (lambda: client.images.generate(prompt="x", size="huge"), openai.UnprocessableEntityError),
    (lambda: client.images.generate(prompt="x", model="nothing"), openai.NotFoundError),
    (lambda: client.models.retrieve("nothing"), openai.NotFoundError),
    (lambda: client.images.edit(image=("a.png", b"x"), prompt="x"), openai.APIStatusError),
]:
    try:
        call()
    except error as refused:
        assert refused.body["message"], refused
    else:
        raise AssertionError(error)
