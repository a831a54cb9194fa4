#include "internal.h"

#ifdef AQ_HAS_LATENTS

typedef aquatint_plugin_latents_borrow_latents_t borrowed;
typedef aquatint_plugin_latents_own_latents_t owned;
typedef aquatint_plugin_latents_borrow_moment_t moment_borrowed;

static borrowed lend(aq_latents latents) {
    return (borrowed){latents.handle};
}

static moment_borrowed lend_moment(aq_moment moment) {
    return (moment_borrowed){moment.handle};
}

static bool made(bool ok, problem *why, owned tensor, aq_latents *latents) {
    if (!aq_check(ok, why)) return false;
    latents->handle = tensor.__handle;
    return true;
}

static bool maybe(bool ok, problem *why, aquatint_plugin_latents_option_own_latents_t tensor, aq_latents *latents) {
    if (!aq_check(ok, why)) return false;
    latents->handle = tensor.is_some ? tensor.val.__handle : 0;
    return true;
}

static bool floats(bool ok, problem *why, plugin_list_f32_t list, aq_floats *numbers) {
    if (!aq_check(ok, why)) return false;
    *numbers = (aq_floats){list.ptr, list.len};
    return true;
}

static plugin_list_u32_t list(aq_shape *shape) {
    return (plugin_list_u32_t){shape->at, shape->rank};
}

aq_shape aq_latents_shape(aq_latents latents) {
    plugin_list_u32_t given;
    aquatint_plugin_latents_method_latents_shape(lend(latents), &given);
    aq_shape shape = {.rank = given.len < 8 ? given.len : 8};
    for (size_t at = 0; at < shape.rank; at++) shape.at[at] = given.ptr[at];
    plugin_list_u32_free(&given);
    return shape;
}

aq_statistics aq_latents_statistics(aq_latents latents) {
    aquatint_plugin_latents_statistics_t given;
    aquatint_plugin_latents_method_latents_statistics(lend(latents), &given);
    return (aq_statistics){given.minimum, given.maximum, given.mean, given.deviation};
}

bool aq_latents_create(aq_shape shape, aq_latents *created) {
    plugin_list_u32_t of = list(&shape);
    owned tensor;
    problem why;
    bool ok = aquatint_plugin_latents_static_latents_create(&of, &tensor, &why);
    return made(ok, &why, tensor, created);
}

bool aq_latents_clone(aq_latents latents, aq_latents *copy) {
    owned tensor;
    problem why;
    bool ok = aquatint_plugin_latents_method_latents_clone(lend(latents), &tensor, &why);
    return made(ok, &why, tensor, copy);
}

bool aq_latents_read(aq_latents latents, aq_shape start, aq_shape extent, aq_floats *numbers) {
    plugin_list_u32_t from = list(&start), size = list(&extent);
    plugin_list_f32_t read;
    problem why;
    bool ok = aquatint_plugin_latents_method_latents_read(lend(latents), &from, &size, &read, &why);
    return floats(ok, &why, read, numbers);
}

bool aq_latents_read_all(aq_latents latents, aq_floats *numbers) {
    plugin_list_f32_t read;
    problem why;
    bool ok = aquatint_plugin_latents_method_latents_read_all(lend(latents), &read, &why);
    return floats(ok, &why, read, numbers);
}

bool aq_latents_write(aq_latents latents, aq_shape start, aq_shape extent, const float *numbers, size_t count) {
    plugin_list_u32_t from = list(&start), size = list(&extent);
    plugin_list_f32_t given = {(float *)numbers, count};
    problem why;
    return aq_check(aquatint_plugin_latents_method_latents_write(lend(latents), &from, &size, &given, &why), &why);
}

bool aq_latents_write_all(aq_latents latents, const float *numbers, size_t count) {
    plugin_list_f32_t given = {(float *)numbers, count};
    problem why;
    return aq_check(aquatint_plugin_latents_method_latents_write_all(lend(latents), &given, &why), &why);
}

bool aq_latents_add(aq_latents latents, aq_latents other, float factor) {
    problem why;
    return aq_check(aquatint_plugin_latents_method_latents_add(lend(latents), lend(other), factor, &why), &why);
}

bool aq_latents_scale(aq_latents latents, float factor) {
    problem why;
    return aq_check(aquatint_plugin_latents_method_latents_scale(lend(latents), factor, &why), &why);
}

bool aq_latents_shift(aq_latents latents, float amount) {
    problem why;
    return aq_check(aquatint_plugin_latents_method_latents_shift(lend(latents), amount, &why), &why);
}

bool aq_latents_lerp(aq_latents latents, aq_latents other, float amount) {
    problem why;
    return aq_check(aquatint_plugin_latents_method_latents_lerp(lend(latents), lend(other), amount, &why), &why);
}

bool aq_latents_mix(aq_latents latents, aq_latents other, aq_latents mask) {
    problem why;
    return aq_check(aquatint_plugin_latents_method_latents_mix(lend(latents), lend(other), lend(mask), &why), &why);
}

bool aq_latents_noise(aq_latents latents, uint64_t seed, float strength) {
    problem why;
    return aq_check(aquatint_plugin_latents_method_latents_noise(lend(latents), seed, strength, &why), &why);
}

bool aq_latents_roll(aq_latents latents, uint32_t dimension, int32_t by) {
    problem why;
    return aq_check(aquatint_plugin_latents_method_latents_roll(lend(latents), dimension, by, &why), &why);
}

bool aq_latents_flip(aq_latents latents, uint32_t dimension) {
    problem why;
    return aq_check(aquatint_plugin_latents_method_latents_flip(lend(latents), dimension, &why), &why);
}

void aq_latents_drop(aq_latents latents) {
    aquatint_plugin_latents_latents_drop_own((owned){latents.handle});
}

bool aq_moment_is_noise(aq_moment moment) {
    return aquatint_plugin_latents_method_moment_phase(lend_moment(moment)) == AQUATINT_PLUGIN_LATENTS_PHASE_NOISE;
}

uint32_t aq_moment_step(aq_moment moment) {
    return aquatint_plugin_latents_method_moment_step(lend_moment(moment));
}

uint32_t aq_moment_steps(aq_moment moment) {
    return aquatint_plugin_latents_method_moment_steps(lend_moment(moment));
}

float aq_moment_sigma(aq_moment moment) {
    return aquatint_plugin_latents_method_moment_sigma(lend_moment(moment));
}

bool aq_moment_predicted(aq_moment moment, aq_latents *predicted) {
    aquatint_plugin_latents_option_own_latents_t tensor;
    problem why;
    bool ok = aquatint_plugin_latents_method_moment_predicted(lend_moment(moment), &tensor, &why);
    return maybe(ok, &why, tensor, predicted);
}

bool aq_moment_keep(aq_moment moment, const char *name, aq_latents latents) {
    plugin_string_t text = aq_lend(name);
    problem why;
    bool ok = aquatint_plugin_latents_method_moment_keep(lend_moment(moment), &text, lend(latents), &why);
    return aq_check(ok, &why);
}

bool aq_moment_kept(aq_moment moment, const char *name, aq_latents *kept) {
    plugin_string_t text = aq_lend(name);
    aquatint_plugin_latents_option_own_latents_t tensor;
    problem why;
    bool ok = aquatint_plugin_latents_method_moment_kept(lend_moment(moment), &text, &tensor, &why);
    return maybe(ok, &why, tensor, kept);
}
#endif
