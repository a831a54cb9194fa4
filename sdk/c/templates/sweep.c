#include <aquatint.h>
#include <string.h>

/* Adds one axis: how much the picture is bound to the prompt, around what the request says. */
bool aq_sweep_axes(aq_axes *axes) {
    aq_add_axis(axes, "guidance", "Guidance");
    return true;
}

bool aq_sweep_points(const char *axis, const aq_request *request, aq_points *points) {
    if (strcmp(axis, "guidance") != 0) return aq_fail(AQ_NOT_FOUND, "no axis `%s`, expected guidance", axis);
    const double amount = aq_number("amount", 0.5);
    const double cfg = aq_get_number(request, "cfg", 7);
    for (int at = -2; at <= 2; at++) {
        const double there = cfg * (1 + amount * at / 2);
        aq_set_number(aq_add_point(points, "%.1f", there), "cfg", there);
    }
    return true;
}
