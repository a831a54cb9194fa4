#include "symmetry.h"

#include <stdlib.h>

/* Turns one plane to the left. */
static void turn(const float *from, float *to, uint32_t side) {
    for (uint32_t y = 0; y < side; y++) {
        for (uint32_t x = 0; x < side; x++) to[(side - 1 - x) * side + y] = from[y * side + x];
    }
}

/* The host mirrors, but does not turn: the numbers have to come here. */
static bool turned(aq_latents latents, uint32_t width, uint32_t height, aq_latents copy) {
    if (width != height) {
        return aq_fail(AQ_UNSUPPORTED,
                       "direction is quarter-turn and the latents are %u wide and %u high, expected a square picture",
                       (unsigned)width, (unsigned)height);
    }
    aq_floats numbers;
    if (!aq_latents_read_all(latents, &numbers)) return false;
    float *made = malloc(numbers.length * sizeof(float));
    if (made == NULL) return aq_fail(AQ_EXHAUSTED, "no memory for %zu numbers", numbers.length);
    const size_t plane = (size_t)width * width;
    for (size_t at = 0; at < numbers.length; at += plane) turn(numbers.data + at, made + at, width);
    const bool ok = aq_latents_write_all(copy, made, numbers.length);
    free(made);
    free(numbers.data);
    return ok;
}

bool moved(aq_latents latents, enum symmetry symmetry, aq_latents *copy) {
    const aq_shape shape = aq_latents_shape(latents);
    if (shape.rank < 2) {
        return aq_fail(AQ_UNSUPPORTED, "the latents have %zu dimensions, expected height and width", shape.rank);
    }
    /* What comes before them is channels, and time in films. */
    const uint32_t width = (uint32_t)shape.rank - 1, height = width - 1;
    if (!aq_latents_clone(latents, copy)) return false;
    switch (symmetry) {
    case LEFT_RIGHT: return aq_latents_flip(*copy, width);
    case TOP_BOTTOM: return aq_latents_flip(*copy, height);
    case HALF_TURN: return aq_latents_flip(*copy, width) && aq_latents_flip(*copy, height);
    case QUARTER_TURN: return turned(latents, shape.at[width], shape.at[height], *copy);
    }
    return aq_fail(AQ_FAILED, "symmetry %d, expected 0 to 3", (int)symmetry);
}
