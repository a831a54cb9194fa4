#include <string.h>

#include "internal.h"

static bool is(plugin_string_t text, const char *key) {
    return text.len == strlen(key) && memcmp(text.ptr, key, text.len) == 0;
}

const value *aq_field(const aq_request *request, const char *key) {
    for (size_t at = 0; at < request->count; at++) {
        if (is(request->fields[at].key, key)) return &request->fields[at].value;
    }
    return NULL;
}

aq_request *aq_request_of(param *fields, size_t count) {
    aq_request *request = aq_memory(NULL, 1, sizeof(aq_request));
    *request = (aq_request){fields, count, count};
    return request;
}

aq_request *aq_request_new(void) {
    return aq_request_of(NULL, 0);
}

aq_request *aq_job_request(void) {
    aquatint_plugin_job_list_param_t list;
    aquatint_plugin_job_request(&list);
    return aq_request_of(list.ptr, list.len);
}

bool aq_has(const aq_request *request, const char *key) {
    const value *field = aq_field(request, key);
    return field != NULL && field->tag != AQUATINT_PLUGIN_TYPES_VALUE_AUTO;
}

double aq_get_number(const aq_request *request, const char *key, double fallback) {
    const value *field = aq_field(request, key);
    if (field == NULL) return fallback;
    switch (field->tag) {
    case AQUATINT_PLUGIN_TYPES_VALUE_NUMBER: return field->val.number;
    case AQUATINT_PLUGIN_TYPES_VALUE_INT: return (double)field->val.int_;
    default: return fallback;
    }
}

int64_t aq_get_int(const aq_request *request, const char *key, int64_t fallback) {
    const value *field = aq_field(request, key);
    return field != NULL && field->tag == AQUATINT_PLUGIN_TYPES_VALUE_INT ? field->val.int_ : fallback;
}

const char *aq_get_text(const aq_request *request, const char *key, const char *fallback) {
    const value *field = aq_field(request, key);
    if (field == NULL) return fallback;
    if (field->tag != AQUATINT_PLUGIN_TYPES_VALUE_TEXT && field->tag != AQUATINT_PLUGIN_TYPES_VALUE_CHOICE) {
        return fallback;
    }
    /* A copy: the field stays as it is. */
    char *text = aq_memory(NULL, field->val.text.len + 1, 1);
    memcpy(text, field->val.text.ptr, field->val.text.len);
    text[field->val.text.len] = 0;
    return text;
}

/* The place for a field's value, which is there once. */
static value *place(aq_request *request, const char *key, uint8_t type) {
    param *field = NULL;
    for (size_t at = 0; at < request->count; at++) {
        if (is(request->fields[at].key, key)) field = &request->fields[at];
    }
    if (field == NULL) {
        if (request->count == request->room) {
            request->room = 2 * request->room + 4;
            request->fields = aq_memory(request->fields, request->room, sizeof(param));
        }
        field = &request->fields[request->count++];
        field->key = aq_copy(key);
    }
    field->value.tag = type;
    return &field->value;
}

void aq_set_text(aq_request *request, const char *key, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = aq_printed(format, arguments);
    va_end(arguments);
    place(request, key, AQUATINT_PLUGIN_TYPES_VALUE_TEXT)->val.text = aq_lend(text);
}

void aq_set_choice(aq_request *request, const char *key, const char *choice) {
    place(request, key, AQUATINT_PLUGIN_TYPES_VALUE_CHOICE)->val.choice = aq_copy(choice);
}

void aq_set_int(aq_request *request, const char *key, int64_t number) {
    place(request, key, AQUATINT_PLUGIN_TYPES_VALUE_INT)->val.int_ = number;
}

void aq_set_number(aq_request *request, const char *key, double number) {
    place(request, key, AQUATINT_PLUGIN_TYPES_VALUE_NUMBER)->val.number = number;
}

void aq_set_flag(aq_request *request, const char *key, bool flag) {
    place(request, key, AQUATINT_PLUGIN_TYPES_VALUE_FLAG)->val.flag = flag;
}

void aq_set_seed(aq_request *request, const char *key, uint64_t seed) {
    place(request, key, AQUATINT_PLUGIN_TYPES_VALUE_SEED)->val.seed = seed;
}

void aq_set_picture(aq_request *request, const char *key, const char *name) {
    place(request, key, AQUATINT_PLUGIN_TYPES_VALUE_PICTURE)->val.picture = aq_copy(name);
}

void aq_set_auto(aq_request *request, const char *key) {
    place(request, key, AQUATINT_PLUGIN_TYPES_VALUE_AUTO);
}
