"""Times a picture with diffusers on PyTorch, or with Optimum's ONNX Runtime pipeline, and prints JSON.

`reference.py diffusers|optimum FOLDER SIZE STEPS`: loads, draws once, times the drawing (text to pixels).
`reference.py export FOLDER ONNX_FOLDER`: exports with Optimum, for the second.
"""

import json
import sys
import time

import torch

PROMPT, NEGATIVE = "a red apple", "blurry"


def main() -> None:
    what, folder = sys.argv[1], sys.argv[2]
    if what == "export":
        from optimum.exporters.onnx import main_export

        main_export(
            folder,
            output=sys.argv[3],
            library_name="diffusers",
            task="text-to-image",
            do_validation=False,
            local_files_only=True,
        )
        return
    size, steps = int(sys.argv[3]), int(sys.argv[4])
    start = time.perf_counter()
    if what == "diffusers":
        from diffusers import StableDiffusionPipeline

        # On a CPU 16-bit weights are slower than 32-bit ones: this is the best that PyTorch does.
        pipe = StableDiffusionPipeline.from_pretrained(folder, torch_dtype=torch.float32, safety_checker=None)
    else:
        from optimum.onnxruntime import ORTStableDiffusionPipeline

        pipe = ORTStableDiffusionPipeline.from_pretrained(folder, provider="CPUExecutionProvider")
    pipe.set_progress_bar_config(disable=True)
    loaded = time.perf_counter()
    pipe(
        PROMPT,
        negative_prompt=NEGATIVE,
        height=size,
        width=size,
        num_inference_steps=steps,
        guidance_scale=7.5,
        generator=torch.Generator().manual_seed(0),
    )
    end = time.perf_counter()
    print(json.dumps({"load": loaded - start, "picture": end - loaded}))


with torch.inference_mode():
    main()
