/* Aquatint plugins in C.
 *
 * A plugin defines the hooks that its plugin.toml lists, with what is here. Everything else (exports, `info`, memory
 * that crosses the border) is done by what `aquatint plugin build` adds.
 *
 * What may fail returns false, and leaves a problem that says why. A hook that returns false hands that problem to the
 * host, and nothing that it wrote to pictures or latents counts; so this is a whole error path:
 *
 *     if (!aq_picture_blur(picture, 3, &blurred)) return false;
 *
 * Each call of a hook begins with fresh memory, so what is allocated need not be freed; what is read in loops should be,
 * with free(). Texts are UTF-8 and end with a NUL.
 */
#ifndef AQUATINT_H
#define AQUATINT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In a build, what the plugin's own world lacks is refused by name; an editor, which knows no world, sees everything. */
#define AQ_LACKS(why) __attribute__((unavailable(why)))
#if defined(AQ_BUILD) && !defined(AQ_HAS_IMAGE)
#define AQ_IMAGE AQ_LACKS("only plugins with the hook post-process or script have pictures")
#else
#define AQ_IMAGE
#endif
#if defined(AQ_BUILD) && !defined(AQ_HAS_LATENTS)
#define AQ_LATENTS AQ_LACKS("only plugins with the hook denoise have latents")
#else
#define AQ_LATENTS
#endif
#if defined(AQ_BUILD) && !defined(AQ_HAS_GENERATE)
#define AQ_GENERATE AQ_LACKS("only plugins with the hook script, or the permission generate, draw")
#else
#define AQ_GENERATE
#endif
#if defined(AQ_BUILD) && !defined(AQ_HAS_STORE)
#define AQ_STORE AQ_LACKS("needs the permission store in plugin.toml")
#else
#define AQ_STORE
#endif
#if defined(AQ_BUILD) && !defined(AQ_HAS_FETCH)
#define AQ_FETCH AQ_LACKS("needs the permission net in plugin.toml")
#else
#define AQ_FETCH
#endif

/* ---- Problems ---------------------------------------------------------------------------------------------------- */

/* Why something did not happen. */
enum aq_problem {
    AQ_INVALID_INPUT, /* makes no sense, and will fail again */
    AQ_UNSUPPORTED,   /* makes sense, but cannot be done here */
    AQ_NOT_FOUND,     /* no such thing */
    AQ_DENIED,        /* the user's grant does not cover it */
    AQ_EXHAUSTED,     /* a budget is spent */
    AQ_CANCELLED,     /* the job was cancelled */
    AQ_FAILED,        /* may go well another time */
};

/* Leaves a problem and returns false: `return aq_fail(AQ_INVALID_INPUT, "side is %d, expected 1 to 8", side);`. One line
 * without a full stop that says what was wrong and what was expected. */
bool aq_fail(enum aq_problem kind, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The problem that the last false left: its kind, and its text. */
enum aq_problem aq_problem_kind(void);
const char *aq_problem_text(void);

/* ---- Log and progress -------------------------------------------------------------------------------------------- */

enum aq_level { AQ_TRACE, AQ_DEBUG, AQ_INFO, AQ_WARN, AQ_ERROR };

/* Writes a line to the host's log. */
void aq_log(enum aq_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says how far the call is, 0 to 1, and what it is doing. Returns false, with the problem `cancelled`, when the user no
 * longer wants the result: `if (!aq_progress(0.5f, "half way")) return false;`. */
bool aq_progress(float fraction, const char *note);

/* ---- The job ----------------------------------------------------------------------------------------------------- */

/* The seed of the picture at hand: the only source of chance there should be. */
uint64_t aq_seed(void);

/* Which picture of its batch this is, from 0. */
uint32_t aq_index(void);

/* Random numbers out of a seed (SplitMix64): `aq_random random = {aq_seed()};`. */
typedef struct aq_random {
    uint64_t state;
} aq_random;

/* 64 bits. */
static inline uint64_t aq_random_bits(aq_random *random) {
    uint64_t bits = random->state += 0x9e3779b97f4a7c15u;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
    return bits ^ (bits >> 31);
}

/* From 0 up to, and not, 1. */
static inline float aq_random_unit(aq_random *random) {
    return (float)(aq_random_bits(random) >> 40) / (float)(1 << 24);
}

/* From 0 up to, and not, `end`; 0 if `end` is 0. */
static inline uint32_t aq_random_below(aq_random *random, uint32_t end) {
    return (uint32_t)(((aq_random_bits(random) >> 32) * end) >> 32);
}

/* ---- Settings ---------------------------------------------------------------------------------------------------- */

typedef struct aq_color {
    uint8_t red, green, blue, alpha;
} aq_color;

/* A setting by its key in plugin.toml; the host has checked it. `fallback` is for what the user left open. A key that
 * plugin.toml does not have, or a setting of another type, gives `fallback` too, and a warning in the log. */
double aq_number(const char *key, double fallback);
int64_t aq_int(const char *key, int64_t fallback);
bool aq_flag(const char *key, bool fallback);
aq_color aq_color_of(const char *key, aq_color fallback);
/* A text or a choice. */
const char *aq_text(const char *key, const char *fallback);
/* Whether a text or choice is this one. */
bool aq_is(const char *key, const char *choice);
/* A seed; the job's own if the user gave none. */
uint64_t aq_seed_of(const char *key);

/* Lists. What is not there has a count of 0. */
typedef struct aq_texts {
    const char **items;
    size_t count;
} aq_texts;
typedef struct aq_ints {
    int64_t *items;
    size_t count;
} aq_ints;
typedef struct aq_doubles {
    double *items;
    size_t count;
} aq_doubles;
aq_texts aq_texts_of(const char *key);
aq_ints aq_ints_of(const char *key);
/* Numbers, also whole ones. */
aq_doubles aq_numbers_of(const char *key);

/* ---- Requests ---------------------------------------------------------------------------------------------------- */

/* Fields of a request by key (`prompt`, `steps`, `cfg`, ...), or those to change. */
typedef struct aq_request aq_request;

/* The request behind the job, every field of it. */
aq_request *aq_job_request(void);
/* No field at all. */
aq_request *aq_request_new(void);

/* Whether a field is there and not left to the model. */
bool aq_has(const aq_request *request, const char *key);
/* A field; `fallback` if it is not there, left to the model or of another type. */
double aq_get_number(const aq_request *request, const char *key, double fallback);
int64_t aq_get_int(const aq_request *request, const char *key, int64_t fallback);
/* A text or a choice. */
const char *aq_get_text(const aq_request *request, const char *key, const char *fallback);

/* Sets a field. */
void aq_set_text(aq_request *request, const char *key, const char *format, ...) __attribute__((format(printf, 3, 4)));
void aq_set_choice(aq_request *request, const char *key, const char *choice);
void aq_set_int(aq_request *request, const char *key, int64_t value);
void aq_set_number(aq_request *request, const char *key, double value);
void aq_set_flag(aq_request *request, const char *key, bool value);
void aq_set_seed(aq_request *request, const char *key, uint64_t value);
/* A picture, by the name that aq_picture_name tells. */
void aq_set_picture(aq_request *request, const char *key, const char *name);
/* Leaves a field to the model. */
void aq_set_auto(aq_request *request, const char *key);

/* What may be chosen for a field: the names of samplers, of models, ... */
bool aq_choices(const char *field, aq_texts *choices);

/* ---- Assets ------------------------------------------------------------------------------------------------------ */

typedef struct aq_bytes {
    uint8_t *data;
    size_t length;
} aq_bytes;

/* A file under assets/. There is a NUL after its last byte, so that a text file is a text. */
bool aq_asset(const char *name, aq_bytes *bytes);

/* ---- Pictures ---------------------------------------------------------------------------------------------------- */

/* A picture in the host. The handle 0 is none. */
typedef struct aq_picture {
    int32_t handle;
} aq_picture;

typedef struct aq_size {
    uint32_t width, height;
} aq_size;

typedef struct aq_area {
    uint32_t x, y, width, height;
} aq_area;

enum aq_format {
    AQ_RGB8,
    AQ_RGBA8,
    AQ_GRAY8,
    AQ_RGBA_F32, /* four floats, 0 to 1 */
};
enum aq_filter { AQ_NEAREST, AQ_BILINEAR, AQ_BICUBIC, AQ_LANCZOS3 };
enum aq_blend { AQ_NORMAL, AQ_MULTIPLY, AQ_SCREEN, AQ_OVERLAY, AQ_ADD };

AQ_IMAGE aq_size aq_picture_size(aq_picture picture);
AQ_IMAGE enum aq_format aq_picture_format(aq_picture picture);
/* Bytes a pixel. */
size_t aq_format_bytes(enum aq_format format);

/* Pixels row by row from the top, without gaps, in the picture's format. */
AQ_IMAGE bool aq_picture_read(aq_picture picture, aq_area area, aq_bytes *pixels);
AQ_IMAGE bool aq_picture_read_all(aq_picture picture, aq_bytes *pixels);
AQ_IMAGE bool aq_picture_write(aq_picture picture, aq_area area, const void *pixels, size_t length);
AQ_IMAGE bool aq_picture_write_all(aq_picture picture, const void *pixels, size_t length);

/* Changes a row of pixels, four floats each: red, green, blue, alpha, 0 to 1. */
typedef void aq_row(float (*pixels)[4], uint32_t width, uint32_t y, void *context);
/* Calls `row` for each row from the top, whatever the format; the picture keeps it. Moves a strip of rows at once, so
 * that memory stays small, and stops between two when the user no longer wants the result. */
AQ_IMAGE bool aq_picture_rows(aq_picture picture, aq_row *row, void *context);

/* A new picture, all zero. */
AQ_IMAGE bool aq_picture_create(aq_size size, enum aq_format format, aq_picture *created);
/* From the bytes of a PNG file, and back. */
AQ_IMAGE bool aq_picture_decode(const void *file, size_t length, aq_picture *decoded);
AQ_IMAGE bool aq_picture_encode(aq_picture picture, aq_bytes *file);
/* The picture of a setting; the handle 0 if the user gave none. */
AQ_IMAGE bool aq_picture_of(const char *key, aq_picture *opened);
/* By name, and the name for a field of a request. */
AQ_IMAGE bool aq_picture_open(const char *name, aq_picture *opened);
AQ_IMAGE bool aq_picture_name(aq_picture picture, const char **name);

/* Copies: the same, scaled, of a window, blurred (a standard deviation of `radius` pixels), in another format. */
AQ_IMAGE bool aq_picture_clone(aq_picture picture, aq_picture *copy);
AQ_IMAGE bool aq_picture_resize(aq_picture picture, aq_size size, enum aq_filter filter, aq_picture *copy);
AQ_IMAGE bool aq_picture_crop(aq_picture picture, aq_area area, aq_picture *copy);
AQ_IMAGE bool aq_picture_blur(aq_picture picture, float radius, aq_picture *copy);
AQ_IMAGE bool aq_picture_convert(aq_picture picture, enum aq_format format, aq_picture *copy);

/* Changes in place: one colour, another picture put onto it, another picture where `mask` is bright. */
AQ_IMAGE bool aq_picture_fill(aq_picture picture, aq_area area, aq_color color);
AQ_IMAGE bool aq_picture_paste(aq_picture picture, aq_picture source, int32_t x, int32_t y, float opacity,
                               enum aq_blend blend);
AQ_IMAGE bool aq_picture_mix(aq_picture picture, aq_picture other, aq_picture mask);

/* A text beside the pixels; `fallback` if there is none. A text of NULL is removed. */
AQ_IMAGE const char *aq_picture_metadata(aq_picture picture, const char *key, const char *fallback);
AQ_IMAGE bool aq_picture_set_metadata(aq_picture picture, const char *key, const char *text);

/* Gives a picture back before the call ends: those that you made, not the one that the hook was given. */
AQ_IMAGE void aq_picture_drop(aq_picture picture);

/* ---- Latents ----------------------------------------------------------------------------------------------------- */

/* A tensor of 32-bit floats in the host. The handle 0 is none. */
typedef struct aq_latents {
    int32_t handle;
} aq_latents;

/* The outermost dimension first: channels, height, width for the common kinds of model. */
typedef struct aq_shape {
    uint32_t at[8];
    size_t rank;
} aq_shape;

typedef struct aq_floats {
    float *data;
    size_t length;
} aq_floats;

typedef struct aq_statistics {
    float minimum, maximum, mean, deviation;
} aq_statistics;

AQ_LATENTS aq_shape aq_latents_shape(aq_latents latents);
AQ_LATENTS aq_statistics aq_latents_statistics(aq_latents latents);
AQ_LATENTS bool aq_latents_create(aq_shape shape, aq_latents *created);
AQ_LATENTS bool aq_latents_clone(aq_latents latents, aq_latents *copy);

/* Numbers, the last dimension running fastest. `start` and `extent` have a number for each dimension. */
AQ_LATENTS bool aq_latents_read(aq_latents latents, aq_shape start, aq_shape extent, aq_floats *numbers);
AQ_LATENTS bool aq_latents_read_all(aq_latents latents, aq_floats *numbers);
AQ_LATENTS bool aq_latents_write(aq_latents latents, aq_shape start, aq_shape extent, const float *numbers,
                                 size_t count);
AQ_LATENTS bool aq_latents_write_all(aq_latents latents, const float *numbers, size_t count);

/* In the host, without a copy here: `+= factor * other`, `*= factor`, `+= amount`, `+= amount * (other - this)`,
 * `+= mask * (other - this)`, `+= strength * noise`, moved around the end, mirrored along a dimension. */
AQ_LATENTS bool aq_latents_add(aq_latents latents, aq_latents other, float factor);
AQ_LATENTS bool aq_latents_scale(aq_latents latents, float factor);
AQ_LATENTS bool aq_latents_shift(aq_latents latents, float amount);
AQ_LATENTS bool aq_latents_lerp(aq_latents latents, aq_latents other, float amount);
AQ_LATENTS bool aq_latents_mix(aq_latents latents, aq_latents other, aq_latents mask);
AQ_LATENTS bool aq_latents_noise(aq_latents latents, uint64_t seed, float strength);
AQ_LATENTS bool aq_latents_roll(aq_latents latents, uint32_t dimension, int32_t by);
AQ_LATENTS bool aq_latents_flip(aq_latents latents, uint32_t dimension);

/* Gives latents back before the call ends: those that you made, not those that the hook was given. */
AQ_LATENTS void aq_latents_drop(aq_latents latents);

/* A moment in the drawing of a picture. */
typedef struct aq_moment {
    int32_t handle;
} aq_moment;

/* Whether it is before the first step; otherwise it is after a step. */
AQ_LATENTS bool aq_moment_is_noise(aq_moment moment);
/* Which step was taken, from 1; 0 before the first. How many there are. How much noise is left. */
AQ_LATENTS uint32_t aq_moment_step(aq_moment moment);
AQ_LATENTS uint32_t aq_moment_steps(aq_moment moment);
AQ_LATENTS float aq_moment_sigma(aq_moment moment);
/* The model's idea of the finished picture; the handle 0 before the first step. */
AQ_LATENTS bool aq_moment_predicted(aq_moment moment, aq_latents *predicted);
/* Keeps a copy under a name for later moments of this picture. The handle 0 if nothing was kept. */
AQ_LATENTS bool aq_moment_keep(aq_moment moment, const char *name, aq_latents latents);
AQ_LATENTS bool aq_moment_kept(aq_moment moment, const char *name, aq_latents *kept);

/* ---- Drawing ----------------------------------------------------------------------------------------------------- */

/* Pictures, as drawing gives them and scripts return them. */
typedef struct aq_pictures {
    aq_picture *items;
    size_t count;
} aq_pictures;

/* A request that was handed in. */
typedef struct aq_ticket {
    int32_t handle;
} aq_ticket;

/* Hands in the job's request with some fields changed. Several may be handed in before the first is waited for. */
AQ_GENERATE bool aq_submit(const aq_request *changes, aq_ticket *ticket);
/* Waits for it, and adds its pictures to `pictures`. */
AQ_GENERATE bool aq_wait(aq_ticket ticket, aq_pictures *pictures);
/* Adds a picture. */
void aq_add_picture(aq_pictures *pictures, aq_picture picture);

/* ---- With permissions -------------------------------------------------------------------------------------------- */

/* Bytes kept from one call to the next. `data` is NULL if the key has none. */
AQ_STORE bool aq_store_get(const char *key, aq_bytes *value);
AQ_STORE bool aq_store_set(const char *key, const void *value, size_t length);
AQ_STORE bool aq_store_remove(const char *key);

typedef struct aq_response {
    uint16_t status;
    aq_bytes body; /* with a NUL after its last byte */
} aq_response;

/* What is at a URL (GET). Any status is a response. */
AQ_FETCH bool aq_fetch(const char *url, aq_response *response);

/* ---- Sweeps ------------------------------------------------------------------------------------------------------ */

typedef struct aq_axes aq_axes;
typedef struct aq_points aq_points;

/* Adds an axis that people choose by `key`, and read as `label`. */
void aq_add_axis(aq_axes *axes, const char *key, const char *label);
/* Adds a point. Set in what is returned what is to change there. */
aq_request *aq_add_point(aq_points *points, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- The hooks: yours to define, those that plugin.toml lists ----------------------------------------------------- */

/* pre-process: set in `changes` what is to change in the request. */
bool aq_pre_process(const aq_request *request, aq_request *changes);
/* denoise: change latents in place. */
bool aq_denoise(aq_moment moment, aq_latents latents);
/* post-process: change the picture in place, or set `other` to another one. */
bool aq_post_process(aq_picture picture, aq_picture *other);
/* script: add pictures to hand to the user. */
bool aq_script(aq_pictures *pictures);
/* sweep: the axes, and the points of one of them. */
bool aq_sweep_axes(aq_axes *axes);
bool aq_sweep_points(const char *axis, const aq_request *request, aq_points *points);

#ifdef __cplusplus
}
#endif

#endif
