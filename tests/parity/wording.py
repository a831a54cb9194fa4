"""Golden pictures and texts for what A1111 reads in prompts, and diffusers does not.

Nothing here parses a prompt: what each one comes to is written down by hand, following A1111's documented rules, as the
texts of each call of the model, each a list of chunks, each a list of pieces with weights. transformers encodes the chunks,
and the pictures are drawn by a loop over diffusers' own UNet, scheduler and VAE.

The rules: a chunk has 75 tokens between begin and end, padded as the tokenizer pads. What an encoder gives for a token is
multiplied by its weight; all of the chunk then by one factor, so that its mean is what it was ("Original"), or not ("No
norm"). Chunks are joined along the tokens. SDXL's pooled text is that of the first chunk. Texts of one prompt that differ in
their number of chunks are filled up with empty ones; prompts of a composition with their last token.
"""

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

import checkpoints
import pictures
import prompts

FOLDER = Path(__file__).parent / "golden" / "wording"
INDEX = Path(__file__).parent / "golden" / "wording.json"
EMBEDDINGS = Path(__file__).parent / "embeddings"
ROOM = 75

# A piece is a text and its weight; a chunk is a list of pieces; a text is a list of chunks, or one string whose chunks
# are cut by `cut`.
Text = str | list


@dataclass(frozen=True)
class Case(pictures.Case):
    """What the command is asked for beside the rest."""

    clip_skip: int = 1
    emphasis: str = "original"
    embeddings: bool = False


@dataclass
class Spoken:
    """What a prompt comes to: for each prompt of a composition its weight, and its text at each call of the model."""

    positive: list[tuple[float, list[Text]]]
    negative: list[Text] = field(default_factory=lambda: [prompts.NEGATIVE] * 6)


def plain(text: Text) -> list[tuple[float, list[Text]]]:
    return [(1.0, [text] * 6)]


WEIGHTED = [[("a ", 1.0), ("red", 1.5), (" apple on a ", 1.0), ("wooden", 1 / 1.1), (" table", 1.0)]]
NESTED = [[("a ", 1.0), ("quiet ", 1.1), ("harbour", 1.1 * 1.3), (" at dawn, (soft) light", 1.0)]]
BROKEN = [[("a red apple", 1.0)], [("blue vase", 0.6), (", oil painting", 1.0)]]
APPLE = "a red apple on a table"
VASE = "a blue vase on a table"
SHORT_AND_LONG = [APPLE, prompts.LONG_PROMPT]


def cases() -> list[tuple[Case, Spoken]]:
    out = []

    def add(prompt: str, spoken: Spoken, **changes) -> None:
        out.append((Case(prompt=prompt, **changes), spoken))

    for name in ("sd1", "sd2v", "sdxl"):
        at = {"checkpoint": name, "sheet": f"wording-{name}"}
        add(prompts.LONG_PROMPT, Spoken(plain(prompts.LONG_PROMPT)), **at)
        add(prompts.PROMPT, Spoken(plain(prompts.PROMPT), [prompts.LONG_PROMPT] * 6), negative=prompts.LONG_PROMPT, **at)
        add(prompts.LONG_PROMPT, Spoken(plain(prompts.LONG_PROMPT), [APPLE] * 6), negative=APPLE, batch=2, **at)
        for emphasis in ("original", "no_norm"):
            add("a (red:1.5) apple on a [wooden] table", Spoken(plain(WEIGHTED)), emphasis=emphasis, **at)
        add("a (red:1.5) apple", Spoken(plain("a red apple")), emphasis="ignore", **at)
        add("a (red:1.5) apple", Spoken(plain([[("a (red:1.5) apple", 1.0)]])), emphasis="none", **at)
        add("a (quiet (harbour:1.3)) at dawn, \\(soft\\) light", Spoken(plain(NESTED)), **at)
        broken = "a red apple BREAK (blue vase:0.6), oil painting"
        add(broken, Spoken(plain(BROKEN)), **at)
        # The negative prompt knows all of it but AND.
        add(prompts.PROMPT, Spoken(plain(prompts.PROMPT), [BROKEN] * 6), negative=broken, **at)
        # A text lasts for the calls 0 to its number.
        changing = [APPLE] * 4 + [VASE] * 2
        add("a [red apple:blue vase:3] on a table", Spoken([(1.0, changing)]), **at)
        add("a [red apple:blue vase:0.5] on a table", Spoken([(1.0, changing)]), sampler="DPM++ 2M", **at)
        turns = [APPLE, APPLE, VASE, APPLE, VASE, APPLE]
        add("a [red apple|blue vase] on a table", Spoken([(1.0, turns)]), **at)
        add(prompts.PROMPT, Spoken(plain(prompts.PROMPT), turns), negative="a [red apple|blue vase] on a table", **at)
        filled = [SHORT_AND_LONG[0]] * 3 + [SHORT_AND_LONG[1]] * 3
        add(f"[{APPLE}:{prompts.LONG_PROMPT}:2]", Spoken([(1.0, filled)]), **at)
        together = [(1.0, [APPLE] * 6), (0.5, [VASE] * 6)]
        add(f"{APPLE} AND {VASE} :0.5", Spoken(together), **at)
        add(f"{APPLE} AND {VASE} :0.5", Spoken(together), cfg=1.0, **at)
        add(f"{APPLE} :1.25", Spoken([(1.25, [APPLE] * 6)]), **at)
        lengths = [(1.0, [APPLE] * 6), (-0.5, [prompts.LONG_PROMPT] * 6)]
        add(f"{APPLE} AND {prompts.LONG_PROMPT} :-0.5", Spoken(lengths), **at)
        both = [(1.0, changing), (0.7, turns)]
        add(
            "a [red apple:blue vase:3] on a table AND a [red apple|blue vase] on a table:.7",
            Spoken(both),
            cfg_rescale=0.5,
            **at,
        )
    # Heun looks twice at a step, and schedules count looks.
    looks = [APPLE] * 4 + [VASE] * 7
    add(
        "a [red apple:blue vase:3] on a table",
        Spoken([(1.0, looks)], [prompts.NEGATIVE] * 11),
        sampler="Heun",
        sheet="wording-sd1",
    )
    # The layers: what diffusers calls one less, and two less for SDXL, where it begins at the layer before the last.
    for name, skips in {"sd1": (2, 3), "sd2v": (2,), "sdxl": (2, 3), "odd1": (2,), "odd3": (3,)}.items():
        for skip in skips:
            at = {"checkpoint": name, "clip_skip": skip, "sheet": f"wording-{name}"}
            width = 96 if name == "odd1" else 64
            add(prompts.PROMPT, Spoken(plain(prompts.PROMPT)), width=width, **at)
        if name in ("sd1", "sdxl"):
            add("a (red:1.5) apple on a [wooden] table", Spoken(plain(WEIGHTED)), **at)
    # Words that files give a meaning.
    for name, word in {"sd1": "Ink", "sdxl": "leaf"}.items():
        at = {"checkpoint": name, "embeddings": True, "sheet": f"wording-{name}"}
        add(f"a red apple, {word}, oil painting", Spoken(plain(f"a red apple, {word.lower()}, oil painting")), **at)
        weighted = [[("a red apple, ", 1.0), (word.lower(), 1.2)]]
        add(f"a red apple, ({word}:1.2)", Spoken(plain(weighted)), **at)
    return out


def cut(ids: list[int], comma: int) -> list[list[int]]:
    """Tokens of one weight in chunks: from a full one, what is behind a comma that is at most 20 tokens back goes along."""
    chunks = []
    while len(ids) > ROOM:
        end = ROOM
        commas = [place for place in range(ROOM) if ids[place] == comma]
        if ids[ROOM] != comma and commas and ROOM - commas[-1] <= 20:
            end = commas[-1] + 1
        chunks.append(ids[:end])
        ids = ids[end:]
    return [*chunks, ids]


class Encoder:
    """Texts as one checkpoint's encoders take them."""

    def __init__(self, pipeline, case: Case):
        self.xl = hasattr(pipeline, "text_encoder_2")
        self.case = case
        parts = [(pipeline.tokenizer, pipeline.text_encoder)]
        if self.xl:
            parts.append((pipeline.tokenizer_2, pipeline.text_encoder_2))
        self.parts = parts

    def __call__(self, text: Text) -> tuple[torch.Tensor, torch.Tensor | None]:
        """`[1, tokens, channels]`, and the pooled text."""
        states = [self.part(tokenizer, model, text) for tokenizer, model in self.parts]
        return torch.cat([hidden for hidden, _ in states], dim=-1), states[-1][1]

    def part(self, tokenizer, model, text: Text):
        if isinstance(text, str):
            ids = self.ids(tokenizer, text)
            comma = tokenizer.convert_tokens_to_ids(",</w>")
            chunks = [[(ids, 1.0)] for ids in cut(ids, comma)]
        else:
            chunks = [[(self.ids(tokenizer, piece), weight) for piece, weight in chunk] for chunk in text]
        hidden = [self.chunk(tokenizer, model, chunk) for chunk in chunks]
        return torch.cat([state for state, _ in hidden], dim=1), hidden[0][1]

    def ids(self, tokenizer, text: str) -> list[int]:
        vectors = len([token for token in tokenizer.get_added_vocab() if token.startswith(("ink", "leaf"))])
        for word in ("ink", "leaf"):
            if self.case.embeddings and word in tokenizer.get_added_vocab():
                text = text.replace(word, " ".join([word, *(f"{word}_{i}" for i in range(1, vectors))]))
        return tokenizer(text, add_special_tokens=False)["input_ids"]

    def chunk(self, tokenizer, model, pieces):
        ids = [id for piece, _ in pieces for id in piece]
        weights = [weight for piece, weight in pieces for _ in piece]
        ids = [tokenizer.bos_token_id, *ids, tokenizer.eos_token_id]
        ids += [tokenizer.pad_token_id] * (ROOM + 2 - len(ids))
        weights = torch.tensor([1.0, *weights, *[1.0] * (ROOM + 1 - len(weights))])
        out = model(torch.tensor([ids]), output_hidden_states=True)
        skip = self.case.clip_skip
        if self.xl:
            hidden = out.hidden_states[-max(skip, 2)]
        elif skip == 1:
            hidden = out.last_hidden_state
        else:
            hidden = model.text_model.final_layer_norm(out.hidden_states[-skip])
        mean = hidden.mean()
        if self.case.emphasis in ("original", "no_norm"):
            hidden = hidden * weights[None, :, None]
        if self.case.emphasis == "original":
            hidden = hidden * (mean / hidden.mean())
        return hidden, getattr(out, "text_embeds", None)


def lengthen(texts: list[tuple], filler: torch.Tensor | None) -> list[tuple]:
    """All as long as the longest: with `filler` behind, or else with the last token."""
    longest = max(hidden.shape[1] for hidden, _ in texts)

    def longer(hidden: torch.Tensor) -> torch.Tensor:
        while hidden.shape[1] < longest:
            hidden = torch.cat([hidden, hidden[:, -1:] if filler is None else filler], dim=1)
        return hidden

    return [(longer(hidden), pooled) for hidden, pooled in texts]


@torch.no_grad()
def draw(drawer: pictures.Drawer, case: Case, spoken: Spoken) -> list:
    pipeline = drawer.pipeline(case.checkpoint)
    encode = Encoder(pipeline, case)
    known = {}

    def encoded(text: Text):
        key = json.dumps(text)
        if key not in known:
            known[key] = encode(text)
        return known[key]

    def calls(texts: list[Text]) -> list[tuple]:
        return lengthen([encoded(text) for text in texts], encoded("")[0])

    weights = [weight for weight, _ in spoken.positive]
    positive = [calls(texts) for _, texts in spoken.positive]
    # By call, then by prompt.
    positive = [lengthen(list(at), None) for at in zip(*positive)]
    negative = calls(spoken.negative)

    images = []
    for seed in range(case.seed, case.seed + case.batch):
        scheduler = pictures.scheduler(case)
        scheduler.set_timesteps(case.steps)
        generator = torch.Generator().manual_seed(seed)
        shape = (1, 4, case.height // pipeline.vae_scale_factor, case.width // pipeline.vae_scale_factor)
        latents = torch.randn(shape, generator=generator) * scheduler.init_noise_sigma
        added = {}
        sizes = torch.tensor([[case.height, case.width, 0, 0, case.height, case.width]], dtype=torch.float32)
        for call, time in enumerate(scheduler.timesteps):
            scaled = scheduler.scale_model_input(latents, time)

            def predict(hidden, pooled):
                added = {"text_embeds": pooled, "time_ids": sizes} if encode.xl else None
                return pipeline.unet(scaled, time, encoder_hidden_states=hidden, added_cond_kwargs=added).sample

            conds = [predict(*text) for text in positive[call]]
            guided = case.cfg > 1 or weights != [1.0]
            if guided:
                uncond = predict(*negative[call])
                cond = uncond + sum(weight * (cond - uncond) for weight, cond in zip(weights, conds))
                noise = uncond + case.cfg * (cond - uncond)
                if case.cfg_rescale > 0:
                    dims = list(range(1, noise.ndim))
                    rescaled = noise * (cond.std(dim=dims, keepdim=True) / noise.std(dim=dims, keepdim=True))
                    noise = case.cfg_rescale * rescaled + (1 - case.cfg_rescale) * noise
            else:
                (noise,) = conds
            latents = scheduler.step(noise, time, latents, return_dict=False)[0]
        decoded = pipeline.vae.decode(latents / pipeline.vae.config.scaling_factor, return_dict=False)[0]
        images += pipeline.image_processor.postprocess(decoded)
    return images


def drawn_by_the_pipeline(drawer: pictures.Drawer, case: Case, spoken: Spoken) -> list:
    """The same by diffusers' own pipeline, where it can: clip skip and embeddings in a plain prompt.

    Its pipelines skip layers for the prompt alone, A1111 for both texts: the negative prompt is encoded as a prompt.
    """
    pipeline = drawer.pipeline(case.checkpoint)
    pipeline.scheduler = pictures.scheduler(case)
    ((_, (prompt, *_)),) = spoken.positive
    xl = hasattr(pipeline, "text_encoder_2")
    least = 2 if xl else 1
    skip = case.clip_skip - least if case.clip_skip > least else None

    def encode(text: str) -> tuple:
        counts = {"num_images_per_prompt": 1, "do_classifier_free_guidance": False, "clip_skip": skip}
        return pipeline.encode_prompt(text, device=torch.device("cpu"), **counts)

    positive, negative = encode(prompt), encode(case.negative)
    texts = {"prompt_embeds": positive[0], "negative_prompt_embeds": negative[0]}
    if xl:
        texts |= {"pooled_prompt_embeds": positive[2], "negative_pooled_prompt_embeds": negative[2]}
    return pipeline(
        num_inference_steps=case.steps,
        guidance_scale=case.cfg,
        width=case.width,
        height=case.height,
        generator=torch.Generator().manual_seed(case.seed),
        **texts,
    ).images


def write_embeddings() -> None:
    generator = torch.Generator().manual_seed(77)

    def vectors(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator) * 0.5

    EMBEDDINGS.mkdir(exist_ok=True)
    save_file({"emb_params": vectors(3, 32)}, EMBEDDINGS / "ink.safetensors")
    save_file({"clip_l": vectors(2, 24), "clip_g": vectors(2, 24)}, EMBEDDINGS / "Leaf.safetensors")


def load_embeddings(drawer: pictures.Drawer) -> None:
    ink = load_file(EMBEDDINGS / "ink.safetensors")["emb_params"]
    drawer.pipeline("sd1").load_textual_inversion(ink, token="ink")
    pipeline, leaf = drawer.pipeline("sdxl"), load_file(EMBEDDINGS / "Leaf.safetensors")
    for key, model, tokenizer in [
        ("clip_l", pipeline.text_encoder, pipeline.tokenizer),
        ("clip_g", pipeline.text_encoder_2, pipeline.tokenizer_2),
    ]:
        model.text_model.eos_token_id = tokenizer.eos_token_id
        pipeline.load_textual_inversion(leaf[key], token="leaf", text_encoder=model, tokenizer=tokenizer)
    # Its config says 2, and transformers then takes the highest id for the end, which is that of the new word.
    for model in (drawer.pipeline("sd1").text_encoder, pipeline.text_encoder_2):
        model.text_model.eos_token_id = pipeline.tokenizer.eos_token_id


def write() -> None:
    write_embeddings()
    drawer = pictures.Drawer()
    # Words change their meaning for good: those cases come last, and all others are drawn before.
    loaded = False
    album = pictures.Album(FOLDER)
    for case, spoken in cases():
        if case.embeddings and not loaded:
            load_embeddings(drawer)
            loaded = True
        tiles = draw(drawer, case, spoken)
        plain_text = len(spoken.positive) == 1 and isinstance(spoken.positive[0][1][0], str)
        if plain_text and (case.embeddings or case.clip_skip > 1):
            (theirs,), (ours,) = drawn_by_the_pipeline(drawer, case, spoken), tiles
            difference = max(abs(a - b) for a, b in zip(theirs.tobytes(), ours.tobytes()))
            assert difference <= 1, f"the pipeline draws something else: {case}, {difference}"
            tiles = [theirs]
        album.add(case, tiles)
    album.save(INDEX, Case())
