/* Symmetry while a picture is drawn: what is mirrored early on, the model completes to a symmetric picture. */
#include <math.h>
#include <string.h>

#include "symmetry.h"

/* What a choice of `direction` asks for: symmetries, by turns or one after the other. */
struct direction {
    const char *name;
    int count;
    enum symmetry parts[2];
};

static const struct direction DIRECTIONS[] = {
    {"horizontal", 1, {LEFT_RIGHT}},
    {"vertical", 1, {TOP_BOTTOM}},
    {"both", 2, {LEFT_RIGHT, TOP_BOTTOM}},
    {"half-turn", 1, {HALF_TURN}},
    /* To alternate, a quarter turn does, as the next step goes on from there. For blending see `blend`. */
    {"quarter-turn", 1, {QUARTER_TURN}},
};

static const struct direction *chosen(void) {
    const char *name = aq_text("direction", "");
    for (size_t at = 0; at < sizeof(DIRECTIONS) / sizeof(DIRECTIONS[0]); at++) {
        if (strcmp(name, DIRECTIONS[at].name) == 0) return &DIRECTIONS[at];
    }
    return NULL;
}

/* `latents += amount * (moved - latents)`. */
static bool towards(aq_latents latents, enum symmetry symmetry, float amount) {
    aq_latents copy;
    if (!moved(latents, symmetry, &copy) || !aq_latents_lerp(latents, copy, amount)) return false;
    aq_latents_drop(copy);
    return true;
}

/* Mirrors after each step, so that what the model finds on one side it finds on the other at the next. */
static bool alternate(aq_latents latents, const struct direction *direction, uint32_t step, float strength) {
    return towards(latents, direction->parts[(step - 1) % (uint32_t)direction->count], strength);
}

/* At full strength: the mean of all that the symmetry makes equal. */
static bool blend(aq_latents latents, const struct direction *direction, float strength) {
    const float amount = strength / 2;
    for (int at = 0; at < direction->count; at++) {
        /* The mean of two quarter turns is that of all four if each is the mean of two half turns. */
        if (direction->parts[at] == QUARTER_TURN && !towards(latents, HALF_TURN, amount)) return false;
        if (!towards(latents, direction->parts[at], amount)) return false;
    }
    return true;
}

/* Gives latents the standard deviation that they had, around their mean. */
static bool spread(aq_latents latents, float deviation) {
    const aq_statistics now = aq_latents_statistics(latents);
    const float factor = deviation / now.deviation;
    /* What has become nearly even has nothing left to spread but rounding. */
    if (!isfinite(factor) || factor > 4) return true;
    return aq_latents_shift(latents, -now.mean) && aq_latents_scale(latents, factor) &&
           aq_latents_shift(latents, now.mean);
}

bool aq_denoise(aq_moment moment, aq_latents latents) {
    const uint32_t step = aq_moment_step(moment);
    const float strength = (float)aq_number("strength", 1);
    const double last = aq_number("stop-at", 0.5) * aq_moment_steps(moment);
    /* To the nearest whole step. */
    if (strength == 0 || step == 0 || step > last + 0.5) return true;
    const struct direction *direction = chosen();
    if (direction == NULL) return aq_fail(AQ_INVALID_INPUT, "direction is unknown, expected one that plugin.toml lists");
    if (aq_is("mode", "alternate")) return alternate(latents, direction, step, strength);
    const float deviation = aq_latents_statistics(latents).deviation;
    if (!blend(latents, direction, strength)) return false;
    return aq_flag("keep-contrast", true) ? spread(latents, deviation) : true;
}
