/* What a plugin exports: `info`, and the hooks of its plugin.toml, which lead to the author's. */
#include <string.h>

#include "internal.h"

void exports_aquatint_plugin_info_describe(exports_aquatint_plugin_info_description_t *description) {
    aq_request *extra = aq_request_new();
    aq_set_text(extra, "language", "C");
    aq_set_text(extra, "sdk", "%s", AQ_SDK);
    description->id = aq_copy(AQ_PLUGIN_ID);
    description->version = aq_copy(AQ_PLUGIN_VERSION);
    description->extra.ptr = extra->fields;
    description->extra.len = extra->count;
}

#ifdef AQ_HOOK_PRE_PROCESS
bool exports_aquatint_plugin_pre_process_run(exports_aquatint_plugin_pre_process_list_param_t *request,
                                             exports_aquatint_plugin_pre_process_list_param_t *changed, problem *why) {
    aq_request *changes = aq_request_new();
    if (!aq_pre_process(aq_request_of(request->ptr, request->len), changes)) {
        aq_problem_give(why);
        return false;
    }
    changed->ptr = changes->fields;
    changed->len = changes->count;
    return true;
}
#endif

#ifdef AQ_HOOK_DENOISE
bool exports_aquatint_plugin_denoise_run(exports_aquatint_plugin_denoise_borrow_moment_t moment,
                                         exports_aquatint_plugin_denoise_borrow_latents_t latents, problem *why) {
    bool ok = aq_denoise((aq_moment){moment.__handle}, (aq_latents){latents.__handle});
    aquatint_plugin_latents_moment_drop_borrow(moment);
    aquatint_plugin_latents_latents_drop_borrow(latents);
    if (!ok) aq_problem_give(why);
    return ok;
}
#endif

#ifdef AQ_HOOK_POST_PROCESS
bool exports_aquatint_plugin_post_process_run(exports_aquatint_plugin_post_process_borrow_image_t picture,
                                              exports_aquatint_plugin_post_process_option_own_image_t *returned,
                                              problem *why) {
    aq_picture other = {0};
    bool ok = aq_post_process((aq_picture){picture.__handle}, &other);
    aquatint_plugin_image_image_drop_borrow(picture);
    if (!ok) {
        aq_problem_give(why);
        return false;
    }
    returned->is_some = other.handle != 0 && other.handle != picture.__handle;
    returned->val.__handle = other.handle;
    return true;
}
#endif

#ifdef AQ_HOOK_SCRIPT
bool exports_aquatint_plugin_script_run(exports_aquatint_plugin_script_list_own_image_t *returned, problem *why) {
    aq_pictures pictures = {NULL, 0};
    if (!aq_script(&pictures)) {
        aq_problem_give(why);
        return false;
    }
    returned->ptr = aq_memory(NULL, pictures.count, sizeof(*returned->ptr));
    returned->len = pictures.count;
    for (size_t at = 0; at < pictures.count; at++) returned->ptr[at].__handle = pictures.items[at].handle;
    return true;
}
#endif

#ifdef AQ_HOOK_SWEEP
struct aq_axes {
    exports_aquatint_plugin_sweep_list_axis_t list;
};

void aq_add_axis(aq_axes *axes, const char *key, const char *label) {
    axes->list.ptr = aq_memory(axes->list.ptr, axes->list.len + 1, sizeof(*axes->list.ptr));
    exports_aquatint_plugin_sweep_axis_t *axis = &axes->list.ptr[axes->list.len++];
    axis->key = aq_copy(key);
    axis->label = aq_copy(label);
}

struct aq_points {
    struct {
        char *label;
        aq_request *changes;
    } *items;
    size_t count;
};

aq_request *aq_add_point(aq_points *points, const char *format, ...) {
    points->items = aq_memory(points->items, points->count + 1, sizeof(*points->items));
    va_list arguments;
    va_start(arguments, format);
    points->items[points->count].label = aq_printed(format, arguments);
    va_end(arguments);
    /* On its own, so that it stays where it is when more are added. */
    return points->items[points->count++].changes = aq_request_new();
}

bool exports_aquatint_plugin_sweep_axes(exports_aquatint_plugin_sweep_list_axis_t *returned, problem *why) {
    aq_axes axes = {{NULL, 0}};
    if (!aq_sweep_axes(&axes)) {
        aq_problem_give(why);
        return false;
    }
    *returned = axes.list;
    return true;
}

bool exports_aquatint_plugin_sweep_points(plugin_string_t *axis, exports_aquatint_plugin_sweep_list_param_t *request,
                                          exports_aquatint_plugin_sweep_list_point_t *returned, problem *why) {
    aq_points points = {NULL, 0};
    if (!aq_sweep_points(aq_own(*axis), aq_request_of(request->ptr, request->len), &points)) {
        aq_problem_give(why);
        return false;
    }
    returned->ptr = aq_memory(NULL, points.count, sizeof(*returned->ptr));
    returned->len = points.count;
    for (size_t at = 0; at < points.count; at++) {
        exports_aquatint_plugin_sweep_point_t *point = &returned->ptr[at];
        point->label = aq_lend(points.items[at].label);
        point->changes.ptr = points.items[at].changes->fields;
        point->changes.len = points.items[at].changes->count;
    }
    return true;
}
#endif
