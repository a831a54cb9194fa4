#include "internal.h"

size_t aq_format_bytes(enum aq_format format) {
    switch (format) {
    case AQ_RGB8: return 3;
    case AQ_GRAY8: return 1;
    case AQ_RGBA_F32: return 16;
    default: return 4;
    }
}

#ifdef AQ_HAS_IMAGE
#include <stdlib.h>
#include <string.h>

typedef aquatint_plugin_image_borrow_image_t borrowed;
typedef aquatint_plugin_image_own_image_t owned;

static borrowed lend(aq_picture picture) {
    return (borrowed){picture.handle};
}

static bool made(bool ok, problem *why, owned image, aq_picture *picture) {
    if (!aq_check(ok, why)) return false;
    picture->handle = image.__handle;
    return true;
}

static bool bytes(bool ok, problem *why, plugin_list_u8_t list, aq_bytes *given) {
    if (!aq_check(ok, why)) return false;
    *given = (aq_bytes){list.ptr, list.len};
    return true;
}

static aquatint_plugin_image_area_t window(aq_area area) {
    return (aquatint_plugin_image_area_t){area.x, area.y, area.width, area.height};
}

aq_size aq_picture_size(aq_picture picture) {
    aquatint_plugin_image_size_t size;
    aquatint_plugin_image_method_image_size(lend(picture), &size);
    return (aq_size){size.width, size.height};
}

enum aq_format aq_picture_format(aq_picture picture) {
    return (enum aq_format)aquatint_plugin_image_method_image_format(lend(picture));
}

bool aq_picture_read(aq_picture picture, aq_area area, aq_bytes *pixels) {
    aquatint_plugin_image_area_t from = window(area);
    plugin_list_u8_t list;
    problem why;
    bool ok = aquatint_plugin_image_method_image_read(lend(picture), &from, &list, &why);
    return bytes(ok, &why, list, pixels);
}

bool aq_picture_read_all(aq_picture picture, aq_bytes *pixels) {
    plugin_list_u8_t list;
    problem why;
    bool ok = aquatint_plugin_image_method_image_read_all(lend(picture), &list, &why);
    return bytes(ok, &why, list, pixels);
}

bool aq_picture_write(aq_picture picture, aq_area area, const void *pixels, size_t length) {
    aquatint_plugin_image_area_t to = window(area);
    plugin_list_u8_t list = {(uint8_t *)pixels, length};
    problem why;
    return aq_check(aquatint_plugin_image_method_image_write(lend(picture), &to, &list, &why), &why);
}

bool aq_picture_write_all(aq_picture picture, const void *pixels, size_t length) {
    plugin_list_u8_t list = {(uint8_t *)pixels, length};
    problem why;
    return aq_check(aquatint_plugin_image_method_image_write_all(lend(picture), &list, &why), &why);
}

bool aq_picture_create(aq_size size, enum aq_format format, aq_picture *created) {
    aquatint_plugin_image_size_t of = {size.width, size.height};
    owned image;
    problem why;
    bool ok = aquatint_plugin_image_static_image_create(&of, (uint8_t)format, &image, &why);
    return made(ok, &why, image, created);
}

bool aq_picture_decode(const void *file, size_t length, aq_picture *decoded) {
    plugin_list_u8_t list = {(uint8_t *)file, length};
    owned image;
    problem why;
    bool ok = aquatint_plugin_image_static_image_decode(&list, &image, &why);
    return made(ok, &why, image, decoded);
}

bool aq_picture_encode(aq_picture picture, aq_bytes *file) {
    plugin_list_u8_t list;
    problem why;
    bool ok = aquatint_plugin_image_method_image_encode(lend(picture), &list, &why);
    return bytes(ok, &why, list, file);
}

bool aq_picture_open(const char *name, aq_picture *opened) {
    plugin_string_t text = aq_lend(name);
    owned image;
    problem why;
    bool ok = aquatint_plugin_image_open(&text, &image, &why);
    return made(ok, &why, image, opened);
}

bool aq_picture_of(const char *key, aq_picture *opened) {
    plugin_string_t text = aq_lend(key);
    value found;
    opened->handle = 0;
    if (!aquatint_plugin_job_setting(&text, &found)) {
        return aq_fail(AQ_FAILED, "plugin.toml has no setting `%s`", key);
    }
    if (found.tag == AQUATINT_PLUGIN_TYPES_VALUE_AUTO) return true;
    if (found.tag != AQUATINT_PLUGIN_TYPES_VALUE_PICTURE) {
        return aq_fail(AQ_FAILED, "setting `%s` is no image, the plugin expected one", key);
    }
    return aq_picture_open(aq_own(found.val.picture), opened);
}

bool aq_picture_name(aq_picture picture, const char **name) {
    plugin_string_t text;
    problem why;
    if (!aq_check(aquatint_plugin_image_method_image_name(lend(picture), &text, &why), &why)) return false;
    *name = aq_own(text);
    return true;
}

bool aq_picture_clone(aq_picture picture, aq_picture *copy) {
    owned image;
    problem why;
    bool ok = aquatint_plugin_image_method_image_clone(lend(picture), &image, &why);
    return made(ok, &why, image, copy);
}

bool aq_picture_resize(aq_picture picture, aq_size size, enum aq_filter filter, aq_picture *copy) {
    aquatint_plugin_image_size_t to = {size.width, size.height};
    owned image;
    problem why;
    bool ok = aquatint_plugin_image_method_image_resize(lend(picture), &to, (uint8_t)filter, &image, &why);
    return made(ok, &why, image, copy);
}

bool aq_picture_crop(aq_picture picture, aq_area area, aq_picture *copy) {
    aquatint_plugin_image_area_t from = window(area);
    owned image;
    problem why;
    bool ok = aquatint_plugin_image_method_image_crop(lend(picture), &from, &image, &why);
    return made(ok, &why, image, copy);
}

bool aq_picture_blur(aq_picture picture, float radius, aq_picture *copy) {
    owned image;
    problem why;
    bool ok = aquatint_plugin_image_method_image_blur(lend(picture), radius, &image, &why);
    return made(ok, &why, image, copy);
}

bool aq_picture_convert(aq_picture picture, enum aq_format format, aq_picture *copy) {
    owned image;
    problem why;
    bool ok = aquatint_plugin_image_method_image_convert(lend(picture), (uint8_t)format, &image, &why);
    return made(ok, &why, image, copy);
}

bool aq_picture_fill(aq_picture picture, aq_area area, aq_color color) {
    aquatint_plugin_image_area_t where = window(area);
    aquatint_plugin_image_color_t with = {color.red, color.green, color.blue, color.alpha};
    problem why;
    return aq_check(aquatint_plugin_image_method_image_fill(lend(picture), &where, &with, &why), &why);
}

bool aq_picture_paste(aq_picture picture, aq_picture source, int32_t x, int32_t y, float opacity, enum aq_blend blend) {
    problem why;
    bool ok = aquatint_plugin_image_method_image_paste(lend(picture), lend(source), x, y, opacity, (uint8_t)blend, &why);
    return aq_check(ok, &why);
}

bool aq_picture_mix(aq_picture picture, aq_picture other, aq_picture mask) {
    problem why;
    return aq_check(aquatint_plugin_image_method_image_mix(lend(picture), lend(other), lend(mask), &why), &why);
}

const char *aq_picture_metadata(aq_picture picture, const char *key, const char *fallback) {
    plugin_list_tuple2_string_string_t list;
    aquatint_plugin_image_method_image_metadata(lend(picture), &list);
    size_t length = strlen(key);
    for (size_t at = 0; at < list.len; at++) {
        plugin_string_t name = list.ptr[at].f0;
        if (name.len == length && memcmp(name.ptr, key, length) == 0) return aq_own(list.ptr[at].f1);
    }
    return fallback;
}

bool aq_picture_set_metadata(aq_picture picture, const char *key, const char *text) {
    plugin_string_t name = aq_lend(key);
    plugin_string_t given = aq_lend(text != NULL ? text : "");
    problem why;
    bool ok = aquatint_plugin_image_method_image_set_metadata(lend(picture), &name, text != NULL ? &given : NULL, &why);
    return aq_check(ok, &why);
}

void aq_picture_drop(aq_picture picture) {
    aquatint_plugin_image_image_drop_own((owned){picture.handle});
}

/* Rows that are moved at once: enough that a call of the host costs nothing, few enough that memory stays small. */
#define ROWS 64

static uint8_t to_byte(float part) {
    /* Written so that what is no number becomes 0. */
    return (uint8_t)(part > 0 ? (part < 1 ? part * 255 + 0.5f : 255) : 0);
}

static void to_floats(const uint8_t *from, enum aq_format format, float (*to)[4], size_t count) {
    const float scale = 1.0f / 255;
    if (format == AQ_RGBA_F32) {
        memcpy(to, from, count * 16);
    } else if (format == AQ_RGBA8) {
        float *parts = to[0];
        for (size_t at = 0; at < 4 * count; at++) parts[at] = (float)from[at] * scale;
    } else {
        const size_t step = aq_format_bytes(format), green = format == AQ_RGB8, blue = 2 * green;
        for (size_t at = 0; at < count; at++, from += step) {
            to[at][0] = (float)from[0] * scale;
            to[at][1] = (float)from[green] * scale;
            to[at][2] = (float)from[blue] * scale;
            to[at][3] = 1;
        }
    }
}

static void from_floats(float (*from)[4], enum aq_format format, uint8_t *to, size_t count) {
    if (format == AQ_RGBA_F32) {
        memcpy(to, from, count * 16);
    } else if (format == AQ_RGBA8) {
        const float *parts = from[0];
        for (size_t at = 0; at < 4 * count; at++) to[at] = to_byte(parts[at]);
    } else if (format == AQ_RGB8) {
        for (size_t at = 0; at < count; at++, to += 3) {
            to[0] = to_byte(from[at][0]);
            to[1] = to_byte(from[at][1]);
            to[2] = to_byte(from[at][2]);
        }
    } else {
        for (size_t at = 0; at < count; at++) {
            to[at] = to_byte(0.2126f * from[at][0] + 0.7152f * from[at][1] + 0.0722f * from[at][2]);
        }
    }
}

bool aq_picture_rows(aq_picture picture, aq_row *row, void *context) {
    const aq_size size = aq_picture_size(picture);
    const enum aq_format format = aq_picture_format(picture);
    float(*colors)[4] = aq_memory(NULL, size.width, sizeof(*colors));
    bool ok = true;
    for (uint32_t y = 0; ok && y < size.height; y += ROWS) {
        if (aquatint_plugin_job_cancelled()) {
            ok = aq_fail(AQ_CANCELLED, "cancelled");
            break;
        }
        const uint32_t rows = size.height - y < ROWS ? size.height - y : ROWS;
        const aq_area strip = {0, y, size.width, rows};
        aq_bytes pixels;
        if (!aq_picture_read(picture, strip, &pixels)) {
            ok = false;
            break;
        }
        const size_t stride = pixels.length / rows;
        for (uint32_t at = 0; at < rows; at++) {
            to_floats(pixels.data + at * stride, format, colors, size.width);
            row(colors, size.width, y + at, context);
            from_floats(colors, format, pixels.data + at * stride, size.width);
        }
        ok = aq_picture_write(picture, strip, pixels.data, pixels.length);
        free(pixels.data);
    }
    free(colors);
    return ok;
}
#endif
