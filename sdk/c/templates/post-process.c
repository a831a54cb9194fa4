#include <aquatint.h>

struct light {
    float amount, height;
};

static void darken(float (*pixels)[4], uint32_t width, uint32_t y, void *context) {
    const struct light *light = context;
    /* From -1 at one side to 1 at the other. */
    const float down = (float)(2 * y + 1) / light->height - 1;
    for (uint32_t x = 0; x < width; x++) {
        const float across = (float)(2 * x + 1) / (float)width - 1;
        const float factor = 1 - light->amount * (across * across + down * down) / 2;
        for (int part = 0; part < 3; part++) pixels[x][part] *= factor;
    }
}

/* Darkens the picture towards its corners. */
bool aq_post_process(aq_picture picture, aq_picture *other) {
    (void)other; /* for those that return another picture */
    struct light light = {(float)aq_number("amount", 0.5), (float)aq_picture_size(picture).height};
    return aq_picture_rows(picture, darken, &light);
}
