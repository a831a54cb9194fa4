/* What needs a permission, and what scripts have. */
#include <string.h>

#include "internal.h"

void aq_add_picture(aq_pictures *pictures, aq_picture picture) {
    pictures->items = aq_memory(pictures->items, pictures->count + 1, sizeof(aq_picture));
    pictures->items[pictures->count++] = picture;
}

#ifdef AQ_HAS_GENERATE
bool aq_submit(const aq_request *changes, aq_ticket *ticket) {
    aquatint_plugin_generate_list_param_t list = {changes->fields, changes->count};
    aquatint_plugin_generate_own_ticket_t given;
    problem why;
    if (!aq_check(aquatint_plugin_generate_submit(&list, &given, &why), &why)) return false;
    ticket->handle = given.__handle;
    return true;
}

bool aq_wait(aq_ticket ticket, aq_pictures *pictures) {
    aquatint_plugin_generate_list_own_image_t drawn;
    problem why;
    bool ok = aquatint_plugin_generate_method_ticket_wait((aquatint_plugin_generate_borrow_ticket_t){ticket.handle},
                                                          &drawn, &why);
    aquatint_plugin_generate_ticket_drop_own((aquatint_plugin_generate_own_ticket_t){ticket.handle});
    if (!aq_check(ok, &why)) return false;
    for (size_t at = 0; at < drawn.len; at++) aq_add_picture(pictures, (aq_picture){drawn.ptr[at].__handle});
    return true;
}
#endif

#ifdef AQ_HAS_STORE
bool aq_store_get(const char *key, aq_bytes *bytes) {
    plugin_string_t text = aq_lend(key);
    plugin_option_list_u8_t given;
    problem why;
    if (!aq_check(aquatint_plugin_store_get(&text, &given, &why), &why)) return false;
    *bytes = (aq_bytes){NULL, 0};
    if (given.is_some) {
        uint8_t *data = (uint8_t *)aq_own((plugin_string_t){given.val.ptr, given.val.len});
        *bytes = (aq_bytes){data, given.val.len};
    }
    return true;
}

bool aq_store_set(const char *key, const void *bytes, size_t length) {
    plugin_string_t text = aq_lend(key);
    plugin_list_u8_t list = {(uint8_t *)bytes, length};
    problem why;
    return aq_check(aquatint_plugin_store_set(&text, &list, &why), &why);
}

bool aq_store_remove(const char *key) {
    plugin_string_t text = aq_lend(key);
    bool was_there;
    problem why;
    return aq_check(aquatint_plugin_store_remove(&text, &was_there, &why), &why);
}
#endif

#ifdef AQ_HAS_FETCH
bool aq_fetch(const char *url, aq_response *response) {
    aquatint_plugin_fetch_request_t request = {
        .method = AQUATINT_PLUGIN_FETCH_METHOD_GET,
        .url = aq_lend(url),
    };
    aquatint_plugin_fetch_response_t given;
    problem why;
    if (!aq_check(aquatint_plugin_fetch_send(&request, &given, &why), &why)) return false;
    uint8_t *body = (uint8_t *)aq_own((plugin_string_t){given.body.ptr, given.body.len});
    *response = (aq_response){given.status, {body, given.body.len}};
    return true;
}
#endif
