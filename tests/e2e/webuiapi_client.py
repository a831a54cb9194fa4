"""Every method of webuiapi that A1111 itself serves, as its users call them.

    python webuiapi_client.py PORT [USER PASSWORD]
"""

import asyncio
import json
import sys

import webuiapi
from PIL import Image

port = int(sys.argv[1])
api = webuiapi.WebUIApi(host="127.0.0.1", port=port, sampler="Euler a", steps=3)
if len(sys.argv) > 2:
    api.set_auth(sys.argv[2], sys.argv[3])

# Pictures from words.
result = api.txt2img(prompt="a red apple", seed=1003, width=64, height=64, steps=3, cfg_scale=7)
assert result.image.size == (64, 64), result.image.size
assert result.info["seed"] == 1003 and result.info["all_seeds"] == [1003], result.info
assert result.info["ignored"] == [], result.info["ignored"]
assert result.parameters["prompt"] == "a red apple"

several = api.txt2img(prompt="a red apple", seed=5, width=64, height=64, steps=2, batch_size=2, n_iter=2,
                      scheduler="Karras", sampler_name="DPM++ 2M", save_images=True)
assert len(several.images) == 4 and several.info["all_seeds"] == [5, 6, 7, 8], several.info
assert several.info["sampler_name"] == "DPM++ 2M"

# The same seed is the same picture.
again = api.txt2img(prompt="a red apple", seed=1003, width=64, height=64, steps=3, cfg_scale=7)
assert list(again.image.convert("RGB").getdata()) == list(result.image.convert("RGB").getdata())


async def at_once():
    """Two at a time, as asyncio has them."""
    both = [api.txt2img(prompt=prompt, seed=1, width=64, height=64, steps=2, use_async=True) for prompt in ("a", "b")]
    return await asyncio.gather(*both)


if len(sys.argv) == 2:
    # Its asynchronous half has no authentication.
    assert [it.image.size for it in asyncio.run(at_once())] == [(64, 64), (64, 64)]

# Pictures from pictures, with and without a mask, and larger in a second drawing.
from_picture = api.img2img(images=[result.image], prompt="a green apple", seed=7, steps=4, width=64, height=64,
                           denoising_strength=0.5)
assert from_picture.image.size == (64, 64) and from_picture.info["denoising_strength"] == 0.5, from_picture.info
mask = Image.new("L", (64, 64), 0)
mask.paste(255, (16, 16, 48, 48))
inside = api.img2img(images=[result.image], mask_image=mask, prompt="a green apple", seed=7, steps=4, width=64, height=64,
                     inpainting_fill=1, inpaint_full_res=False, mask_blur=0, denoising_strength=0.9)
before, after = result.image.convert("RGB"), inside.image.convert("RGB")
assert [before.getpixel((at, 2)) for at in range(64)] == [after.getpixel((at, 2)) for at in range(64)]
assert list(before.getdata()) != list(after.getdata())
assert from_picture.info["ignored"] == [] and inside.info["ignored"] == [], inside.info["ignored"]
larger = api.txt2img(prompt="a red apple", seed=1003, width=64, height=64, steps=3, enable_hr=True, hr_scale=2,
                     hr_upscaler=webuiapi.HiResUpscaler.Latent, denoising_strength=0.6)
assert larger.image.size == (128, 128), larger.image.size
as_jpeg = api.txt2img(prompt="a red apple", seed=1003, width=64, height=64, steps=2,
                      override_settings={"samples_format": "jpg"})
assert as_jpeg.image.format == "JPEG" or as_jpeg.image.size == (64, 64)

# What is wrong is an error with words.
try:
    api.txt2img(prompt="x", sampler_name="no such sampler")
except RuntimeError as error:
    assert error.args[0] == 422 and "sampler" in error.args[1], error.args
else:
    raise AssertionError("an unknown sampler was taken")

# Pictures that are there.
enlarged = api.extra_single_image(image=result.image, upscaler_1=webuiapi.Upscaler.Lanczos, upscaling_resize=2)
assert enlarged.image.size == (128, 128), enlarged.image.size
both = api.extra_batch_images(images=[result.image, enlarged.image], upscaler_1="Nearest", upscaling_resize=2)
assert [it.size for it in both.images] == [(128, 128), (256, 256)]
info = api.png_info(result.image)
assert "Seed: 1003" in info.info, info.info
bare = api.png_info(Image.new("RGB", (8, 8)))
assert bare.info == "", bare.info
try:
    api.interrogate(image=result.image)
except RuntimeError as error:
    assert error.args[0] == 501, error.args

# Stopping: JSON, whether there was anything to stop or not.
assert api.interrupt() == {}
assert api.skip() is None
api.refresh_checkpoints()

# Settings.
options = api.get_options()
assert options["sd_model_checkpoint"] == "starter", options
api.set_options({"sd_model_checkpoint": "starter", "randn_source": "CPU"})
api.util_set_model("starter")
assert api.util_get_current_model() == "starter"
assert "api" in api.get_cmd_flags()

# Lists.
assert "Euler a" in api.util_get_sampler_names()
assert "automatic" in api.util_get_scheduler_names()
assert "starter" in api.util_get_model_names()
for call in (api.get_samplers, api.get_sd_vae, api.get_upscalers, api.get_latent_upscale_modes, api.get_loras,
             api.get_sd_models, api.get_hypernetworks, api.get_face_restorers, api.get_realesrgan_models,
             api.get_prompt_styles, api.get_artist_categories, api.get_artists, api.get_schedulers):
    found = call()
    assert isinstance(found, list), (call.__name__, found)
assert set(api.get_scripts()) == {"txt2img", "img2img"}
assert set(api.get_embeddings()) == {"loaded", "skipped"}
assert api.get_memory()["ram"]["total"] > 0

# Progress, and being idle.
progress = api.get_progress()
assert set(progress) >= {"progress", "eta_relative", "state", "current_image"}, progress
assert progress["state"]["job_count"] == 0 and progress["progress"] == 0, progress
api.util_wait_for_ready(check_interval=0.1)

# The other interface, which is on but has no models.
assert api.controlnet_version() == 2
assert api.controlnet_model_list() == []
assert api.controlnet_module_list() == ["none"]

# The sweep, as A1111's script.
grid = api.txt2img(prompt="a cat", seed=1, width=64, height=64, steps=2, script_name="X/Y/Z plot",
                   script_args=[6, "1-5 (+2)", [], 9, "Euler,Euler a", [], 0, "", [], True, True, False, False, False,
                                False, False, 0, True])
assert len(grid.images) == 1 + 6, len(grid.images)
assert grid.info["index_of_first_image"] == 1
print(json.dumps({"pictures": 1 + 4 + 1 + 4 + 6}))
