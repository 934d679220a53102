// Random numbers that are the same on every machine: the same seed gives the same points and first weights.

/** A generator of numbers in [0, 1): mulberry32, a 32-bit counter that is mixed at each call. */
export function randomNumbers(seed) {
  let counter = seed >>> 0;
  return () => {
    counter = (counter + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(counter ^ (counter >>> 15), counter | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
