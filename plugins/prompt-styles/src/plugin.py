"""Puts ready-made texts around prompts, as A1111's styles.csv and the style files of SDXL front ends do."""

from __future__ import annotations

from aquatint import Context, InvalidInput, assets, log, plugin

import styles

SHIPPED = "styles.json"


@plugin.pre_process
def run(request: dict, ctx: Context) -> dict:
    settings = ctx.settings
    names = settings["styles"]
    own_names = settings["own"]
    if not names and not own_names:
        return {}
    try:
        shipped = styles.parse(assets.text(SHIPPED))
        own = styles.parse(settings["own-styles"])
        # A style of the user's hides a shipped one of the same name.
        chosen = styles.pick(names, shipped) + styles.pick(own_names, {**shipped, **own})
    except ValueError as error:
        raise InvalidInput(str(error)) from None
    log.debug("styles", names=", ".join(style.name for style in chosen))
    prompt, negative = request["prompt"] or "", request["negative"] or ""
    new_prompt, new_negative = styles.apply(prompt, negative, chosen)
    return {
        key: new
        for key, old, new in [("prompt", prompt, new_prompt), ("negative", negative, new_negative)]
        if new != old
    }
