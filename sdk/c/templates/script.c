#include <aquatint.h>

/* Draws the picture three times: less, as much and more bound to the prompt. */
bool aq_script(aq_pictures *pictures) {
    const double amount = aq_number("amount", 0.5);
    const double cfg = aq_get_number(aq_job_request(), "cfg", 7);
    const double factors[] = {1 - amount / 2, 1, 1 + amount};
    aq_ticket tickets[3];
    /* All are handed in before the first is waited for, so that the host draws them in the order that suits it. */
    for (int at = 0; at < 3; at++) {
        /* What is not said is as in the request that the user made. */
        aq_request *changes = aq_request_new();
        aq_set_number(changes, "cfg", cfg * factors[at]);
        if (!aq_submit(changes, &tickets[at])) return false;
    }
    for (int at = 0; at < 3; at++) {
        if (!aq_progress((float)at / 3, "drawing") || !aq_wait(tickets[at], pictures)) return false;
    }
    return true;
}
