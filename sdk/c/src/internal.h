/* What the parts of the SDK share: the bindings of the plugin's own world, and the ways between its types and ours. */
#ifndef AQUATINT_INTERNAL_H
#define AQUATINT_INTERNAL_H

#include "aquatint.h"
#include "plugin.h"

typedef aquatint_plugin_types_problem_t problem;
typedef aquatint_plugin_types_value_t value;
typedef aquatint_plugin_types_param_t param;

struct aq_request {
    param *fields;
    size_t count;
    size_t room;
};

/* Memory, or an end of the call: nothing sensible can follow. */
void *aq_memory(void *old, size_t count, size_t size);

/* A text for the host, not copied. */
plugin_string_t aq_lend(const char *text);
/* The same, copied. */
plugin_string_t aq_copy(const char *text);
/* A text of the host's, with a NUL, which takes the place of the host's. */
char *aq_own(plugin_string_t text);
aq_texts aq_own_texts(plugin_list_string_t texts);
/* What printf would print. */
char *aq_printed(const char *format, va_list arguments);

/* Leaves the problem if there is one: `ok` as it came. */
bool aq_check(bool ok, problem *why);
/* The problem that was left, for the host. */
void aq_problem_give(problem *why);

/* Where a field is, or NULL. */
const value *aq_field(const aq_request *request, const char *key);
/* A list of fields that is the host's. */
aq_request *aq_request_of(param *fields, size_t count);

#endif
