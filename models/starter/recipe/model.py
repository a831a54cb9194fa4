"""The parts that training, export and evaluation share: networks, words, noise schedule, drawing."""

import random

import torch
from diffusers import DPMSolverMultistepScheduler, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizerFast

import data
from autoencoder import SCALING

LATENT = data.SIZE // 4
SCHEDULER = dict(
    num_train_timesteps=1000,
    beta_start=0.00085,
    beta_end=0.012,
    beta_schedule="scaled_linear",
    prediction_type="v_prediction",
    algorithm_type="dpmsolver++",
    solver_order=2,
    timestep_spacing="trailing",
)
BEGIN, END = 49406, 49407
LENGTH = 77
UNKNOWN = "~"


def unet():
    return UNet2DConditionModel(
        sample_size=LATENT,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        block_out_channels=(48, 96, 160),
        layers_per_block=1,
        cross_attention_dim=64,
        attention_head_dim=4,
        norm_num_groups=16,
    )


def text_encoder(words):
    return CLIPTextModel(CLIPTextConfig(
        vocab_size=words,
        hidden_size=64,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        projection_dim=64,
        max_position_embeddings=LENGTH,
        bos_token_id=BEGIN,
        eos_token_id=END,
        pad_token_id=END,
    ))


def tokenizer(folder):
    return CLIPTokenizerFast.from_pretrained(folder, model_max_length=LENGTH)


class Words:
    """CLIP's 49408 tokens narrowed to those that captions use; the rest share one row, which "~" stands for in training."""

    def __init__(self, known, tok):
        self.known, self.tok = list(known), tok
        self.table = torch.zeros(49408, dtype=torch.long)
        self.table[torch.tensor(self.known)] = torch.arange(1, len(self.known) + 1)

    @classmethod
    def of_captions(cls, found, scenes, tok):
        rng, lines = random.Random(0), [*data.COLOURS, "grey", *data.NUMBERS.values(), *data.heldout()]
        for concept in found:
            for name in concept.names:
                lines += [name, data.plural(name)]
                lines += [frame.format(name, a=data.with_article(name, name)) for frame, _ in data.FRAMES]
        lines += [data.caption(scene, found, rng) for scene in scenes for _ in range(8)]
        known = set(t for ids in tok([l.replace(UNKNOWN, "") for l in lines]).input_ids for t in ids)
        return cls(sorted(known | {BEGIN, END}), tok)

    def __len__(self):
        return len(self.known) + 1

    def ids(self, captions):
        raw = self.tok(captions, padding="max_length", truncation=True, max_length=LENGTH, return_tensors="pt").input_ids
        return self.table[raw]


TOKENS = "text_model.embeddings.token_embedding.weight"


def begin_from(folder, net, text, words):
    """The weights of an exported folder; a word that was unknown to it begins near the row of unknown words."""
    net.load_state_dict(UNet2DConditionModel.from_pretrained(folder / "unet", torch_dtype=torch.float32).state_dict())
    weights = CLIPTextModel.from_pretrained(folder / "text_encoder", torch_dtype=torch.float32).state_dict()
    rows, count = torch.unique(weights[TOKENS], dim=0, return_counts=True)
    unknown = rows[count.argmax()]
    narrow = torch.cat([unknown[None], weights[TOKENS][torch.tensor(words.known)]])
    new = (narrow == unknown).all(1)
    new[0] = False
    narrow[new] += 0.5 * rows.std(0) * torch.randn(int(new.sum()), narrow.shape[1], generator=torch.Generator().manual_seed(0))
    text.load_state_dict({**weights, TOKENS: narrow})
    return int(new.sum())


@torch.no_grad()
def latents_of(vae, pictures):
    x = torch.from_numpy(pictures).permute(0, 3, 1, 2)
    return torch.cat([vae.encode(part.float() / 127.5 - 1).latent_dist.mode().half() for part in x.split(32)]) * SCALING


@torch.no_grad()
def draw(net, encode, vae, prompts, seeds, steps, cfg, batch=32, **scheduler):
    """Pictures as uint8 [n, 64, 64, 3]. encode turns captions into hidden states."""
    out = []
    for start in range(0, len(prompts), batch):
        part = prompts[start:start + batch]
        x = torch.cat([torch.randn(1, 4, LATENT, LATENT, generator=torch.Generator().manual_seed(s))
                       for s in seeds[start:start + batch]])
        hidden = encode(part)
        if cfg != 1:
            hidden = torch.cat([encode([""]).expand_as(hidden), hidden])
        solver = DPMSolverMultistepScheduler(**{**SCHEDULER, **scheduler})
        solver.set_timesteps(steps)
        x = x * solver.init_noise_sigma
        for t in solver.timesteps:
            said = net(torch.cat([x, x]) if cfg != 1 else x, t, hidden).sample
            if cfg != 1:
                empty, named = said.chunk(2)
                said = empty + cfg * (named - empty)
            x = solver.step(said, t, x).prev_sample
        image = vae.decode(x / SCALING).sample.clamp(-1, 1)
        out.append(((image.permute(0, 2, 3, 1) + 1) * 127.5).round().byte())
    return torch.cat(out).numpy()
