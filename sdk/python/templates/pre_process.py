"""PLUGIN-ID: adds words to the prompt, drawn from the picture's seed; the more, the higher `amount`."""

from aquatint import Context, log, plugin

WORDS = ["at dawn", "in the rain", "seen from above", "by candlelight", "in thick fog", "in autumn"]


@plugin.pre_process
def run(request: dict, ctx: Context) -> dict:
    amount = ctx.settings.get("amount", 0.5)
    words = ctx.random.sample(WORDS, round(amount * len(WORDS)))
    log.info("words drawn", words=", ".join(words))
    # Only what is returned changes; every other field stays.
    return {"prompt": ", ".join(part for part in [request["prompt"], *words] if part)}
