#include "internal.h"

/* One is enough: a call has one thread, and its memory is its own. */
static enum aq_problem kind = AQ_FAILED;
static const char *text = "the plugin returned false without saying why";

bool aq_fail(enum aq_problem why, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    text = aq_printed(format, arguments);
    va_end(arguments);
    kind = why;
    return false;
}

enum aq_problem aq_problem_kind(void) {
    return kind;
}

const char *aq_problem_text(void) {
    return text;
}

bool aq_check(bool ok, problem *why) {
    if (ok) return true;
    kind = (enum aq_problem)why->tag;
    /* All kinds with a text have it in the same place. */
    text = kind == AQ_CANCELLED ? "cancelled" : aq_own(why->val.failed);
    return false;
}

void aq_problem_give(problem *why) {
    why->tag = (uint8_t)kind;
    if (kind != AQ_CANCELLED) why->val.failed = aq_copy(text);
}
