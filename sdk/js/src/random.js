// Chance that can be had again: sfc32 (Chris Doty-Humphrey, PractRand), seeded by mixing in every word of the seed and
// of a tag with the finisher of MurmurHash3, so that streams of neighbouring seeds and of other tags have nothing in
// common.

function mix(hash, word) {
  let x = Math.imul(hash ^ word, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** A function like Math.random: numbers from 0 up to but not including 1, with 53 bits of chance each. */
export function generator(seed, tag = "") {
  const words = [Number(seed & 0xffffffffn), Number((seed >> 32n) & 0xffffffffn)];
  for (let index = 0; index < tag.length; index++) words.push(tag.charCodeAt(index));
  let [a, b, c, counter] = [1, 2, 3, 1].map((start) => words.reduce(mix, start));
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round++) next();
  return () => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 0x20000000000000;
}
