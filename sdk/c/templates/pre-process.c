#include <aquatint.h>

static const char *const LIGHTS[] = {"at dawn", "in warm evening light", "by candlelight", "under a full moon", "in fog"};

/* Says in the prompt what the light is like. Which one comes from the picture's seed, so it is the same when the picture
 * is made again. */
bool aq_pre_process(const aq_request *request, aq_request *changes) {
    aq_random random = {aq_seed()};
    if (aq_random_unit(&random) >= aq_number("amount", 0.5)) return true;
    const char *light = LIGHTS[aq_random_below(&random, sizeof(LIGHTS) / sizeof(LIGHTS[0]))];
    const char *prompt = aq_get_text(request, "prompt", "");
    aq_set_text(changes, "prompt", "%s%s%s", prompt, *prompt ? ", " : "", light);
    return true;
}
