#include <stdlib.h>
#include <string.h>

#include "internal.h"

void aq_log(enum aq_level level, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = aq_printed(format, arguments);
    va_end(arguments);
    plugin_string_t line = aq_lend(text);
    plugin_list_tuple2_string_string_t fields = {NULL, 0};
    aquatint_plugin_log_write((uint8_t)level, &line, &fields);
    free(text);
}

bool aq_progress(float fraction, const char *note) {
    plugin_string_t text = aq_lend(note);
    aquatint_plugin_job_progress(fraction, &text);
    return aquatint_plugin_job_cancelled() ? aq_fail(AQ_CANCELLED, "cancelled") : true;
}

uint64_t aq_seed(void) {
    return aquatint_plugin_job_seed();
}

uint32_t aq_index(void) {
    return aquatint_plugin_job_index();
}

bool aq_choices(const char *field, aq_texts *choices) {
    plugin_string_t name = aq_lend(field);
    plugin_list_string_t list;
    problem why;
    if (!aq_check(aquatint_plugin_job_choices(&name, &list, &why), &why)) return false;
    *choices = aq_own_texts(list);
    return true;
}

bool aq_asset(const char *name, aq_bytes *bytes) {
    plugin_string_t text = aq_lend(name);
    plugin_list_u8_t list;
    problem why;
    if (!aq_check(aquatint_plugin_assets_read(&text, &list, &why), &why)) return false;
    *bytes = (aq_bytes){(uint8_t *)aq_own((plugin_string_t){list.ptr, list.len}), list.len};
    return true;
}
