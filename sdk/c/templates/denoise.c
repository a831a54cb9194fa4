#include <aquatint.h>
#include <stdlib.h>

/* Makes the right half of the picture a mirror of the left while its composition is decided: in the first half of the
 * steps. */
bool aq_denoise(aq_moment moment, aq_latents latents) {
    if (2 * aq_moment_step(moment) > aq_moment_steps(moment)) return true;
    const float amount = (float)aq_number("amount", 0.5);
    /* Channels, height, width: the mask has one row, which the host repeats for every other. */
    const aq_shape shape = aq_latents_shape(latents);
    if (shape.rank != 3) return aq_fail(AQ_UNSUPPORTED, "latents of %zu dimensions, expected 3", shape.rank);
    const uint32_t width = shape.at[2];
    float *row = calloc(width, sizeof(float));
    if (row == NULL) return aq_fail(AQ_EXHAUSTED, "no memory for a row of %u numbers", (unsigned)width);
    for (uint32_t x = (width + 1) / 2; x < width; x++) row[x] = amount;
    aq_latents mask, mirrored;
    return aq_latents_create((aq_shape){{1, 1, width}, 3}, &mask) && aq_latents_write_all(mask, row, width) &&
           aq_latents_clone(latents, &mirrored) && aq_latents_flip(mirrored, 2) &&
           aq_latents_mix(latents, mirrored, mask);
}
