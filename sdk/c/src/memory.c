#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

void *aq_memory(void *old, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) __builtin_trap();
    void *memory = realloc(old, bytes > 0 ? bytes : 1);
    if (memory == NULL) __builtin_trap();
    return memory;
}

plugin_string_t aq_lend(const char *text) {
    return (plugin_string_t){(uint8_t *)text, strlen(text)};
}

plugin_string_t aq_copy(const char *text) {
    size_t length = strlen(text);
    uint8_t *copy = aq_memory(NULL, length, 1);
    memcpy(copy, text, length);
    return (plugin_string_t){copy, length};
}

char *aq_own(plugin_string_t text) {
    /* A text of no bytes has no memory of its own. */
    char *owned = aq_memory(text.len > 0 ? text.ptr : NULL, text.len + 1, 1);
    owned[text.len] = 0;
    return owned;
}

aq_texts aq_own_texts(plugin_list_string_t texts) {
    aq_texts owned = {aq_memory(NULL, texts.len, sizeof(char *)), texts.len};
    for (size_t at = 0; at < texts.len; at++) owned.items[at] = aq_own(texts.ptr[at]);
    return owned;
}

char *aq_printed(const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0) __builtin_trap();
    char *text = aq_memory(NULL, (size_t)length + 1, 1);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}
