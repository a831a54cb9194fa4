/* Symmetries of latents. */
#ifndef SYMMETRY_H
#define SYMMETRY_H

#include <aquatint.h>

enum symmetry { LEFT_RIGHT, TOP_BOTTOM, HALF_TURN, QUARTER_TURN };

/* A copy that is mirrored or turned. */
bool moved(aq_latents latents, enum symmetry symmetry, aq_latents *copy);

#endif
