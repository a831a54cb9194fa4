#include <string.h>

#include "internal.h"

static const char *const TYPES[] = {"auto",    "a flag",    "an int",  "a number", "a text",        "a choice",
                                    "a color", "a picture", "a seed",  "a list",   "a list of ints", "a list of numbers"};

/* Whether there is a setting of one of two types; what was left open is none. */
static bool find(const char *key, uint8_t type, uint8_t or_type, value *found) {
    plugin_string_t text = aq_lend(key);
    if (!aquatint_plugin_job_setting(&text, found)) {
        aq_log(AQ_WARN, "plugin.toml has no setting `%s`", key);
        return false;
    }
    if (found->tag == AQUATINT_PLUGIN_TYPES_VALUE_AUTO) return false;
    if (found->tag == type || found->tag == or_type) return true;
    aq_log(AQ_WARN, "setting `%s` is %s, the plugin expected %s", key, TYPES[found->tag], TYPES[type]);
    return false;
}

double aq_number(const char *key, double fallback) {
    value found;
    if (!find(key, AQUATINT_PLUGIN_TYPES_VALUE_NUMBER, AQUATINT_PLUGIN_TYPES_VALUE_INT, &found)) return fallback;
    return found.tag == AQUATINT_PLUGIN_TYPES_VALUE_INT ? (double)found.val.int_ : found.val.number;
}

int64_t aq_int(const char *key, int64_t fallback) {
    value found;
    const uint8_t type = AQUATINT_PLUGIN_TYPES_VALUE_INT;
    return find(key, type, type, &found) ? found.val.int_ : fallback;
}

bool aq_flag(const char *key, bool fallback) {
    value found;
    const uint8_t type = AQUATINT_PLUGIN_TYPES_VALUE_FLAG;
    return find(key, type, type, &found) ? found.val.flag : fallback;
}

aq_color aq_color_of(const char *key, aq_color fallback) {
    value found;
    const uint8_t type = AQUATINT_PLUGIN_TYPES_VALUE_COLOR;
    if (!find(key, type, type, &found)) return fallback;
    aquatint_plugin_types_color_t color = found.val.color;
    return (aq_color){color.red, color.green, color.blue, color.alpha};
}

const char *aq_text(const char *key, const char *fallback) {
    value found;
    if (!find(key, AQUATINT_PLUGIN_TYPES_VALUE_TEXT, AQUATINT_PLUGIN_TYPES_VALUE_CHOICE, &found)) return fallback;
    return aq_own(found.val.text);
}

bool aq_is(const char *key, const char *choice) {
    const char *text = aq_text(key, NULL);
    return text != NULL && strcmp(text, choice) == 0;
}

uint64_t aq_seed_of(const char *key) {
    value found;
    const uint8_t type = AQUATINT_PLUGIN_TYPES_VALUE_SEED;
    return find(key, type, type, &found) ? found.val.seed : aq_seed();
}

aq_texts aq_texts_of(const char *key) {
    value found;
    const uint8_t type = AQUATINT_PLUGIN_TYPES_VALUE_TEXTS;
    if (!find(key, type, type, &found)) return (aq_texts){NULL, 0};
    return aq_own_texts(found.val.texts);
}

aq_ints aq_ints_of(const char *key) {
    value found;
    const uint8_t type = AQUATINT_PLUGIN_TYPES_VALUE_INTS;
    if (!find(key, type, type, &found)) return (aq_ints){NULL, 0};
    return (aq_ints){found.val.ints.ptr, found.val.ints.len};
}

aq_doubles aq_numbers_of(const char *key) {
    value found;
    if (!find(key, AQUATINT_PLUGIN_TYPES_VALUE_NUMBERS, AQUATINT_PLUGIN_TYPES_VALUE_INTS, &found)) {
        return (aq_doubles){NULL, 0};
    }
    if (found.tag == AQUATINT_PLUGIN_TYPES_VALUE_NUMBERS) {
        return (aq_doubles){found.val.numbers.ptr, found.val.numbers.len};
    }
    aq_doubles numbers = {aq_memory(NULL, found.val.ints.len, sizeof(double)), found.val.ints.len};
    for (size_t at = 0; at < numbers.count; at++) numbers.items[at] = (double)found.val.ints.ptr[at];
    return numbers;
}
