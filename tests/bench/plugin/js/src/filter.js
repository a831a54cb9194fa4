// `filter.rs`, in JavaScript.

const GRAIN = 0.04;

/** Filters RGBA pixels in place. */
export function develop(pixels) {
  for (let place = 0, at = 0; at < pixels.length; place++, at += 4) {
    const red = toLinear(pixels[at]);
    const green = toLinear(pixels[at + 1]);
    const blue = toLinear(pixels[at + 2]);
    const grain = grainAt(place);
    pixels[at] = encode(0.86 * red + 0.12 * green + 0.05 * blue, grain);
    pixels[at + 1] = encode(0.08 * red + 0.84 * green + 0.07 * blue, grain);
    pixels[at + 2] = encode(0.06 * red + 0.14 * green + 0.76 * blue, grain);
  }
}

function toLinear(byte) {
  const x = byte / 255;
  return x * (0.01252184 + x * (0.6821741 + x * 0.30530406));
}

function encode(mixed, grain) {
  const second = Math.sqrt(clamp(mixed));
  const fourth = Math.sqrt(second);
  const eighth = Math.sqrt(fourth);
  const encoded = 0.59985127 * second + 0.74701108 * fourth - 0.34686235 * eighth;
  return Math.floor(clamp(encoded + grain) * 255 + 0.5);
}

function grainAt(place) {
  let hash = Math.imul(place, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77);
  hash ^= hash >>> 13;
  return ((hash >>> 8) / 16777216 - 0.5) * GRAIN;
}

function clamp(value) {
  return value > 0 ? (value < 1 ? value : 1) : 0;
}
