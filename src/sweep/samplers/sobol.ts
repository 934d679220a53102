/**
 * Sobol's sequence in the order of Gray codes (Antonov and Saleev 1979), with the direction numbers of Joe and Kuo 2008
 * (new-joe-kuo-6): what SciPy's qmc.Sobol gives without scrambling.
 */

/** Of each dimension after the first: the degree of its polynomial, the inner coefficients of it, the first direction numbers. */
const directions: readonly (readonly [degree: number, coefficients: number, first: readonly number[]])[] = [
  [1, 0, [1]],
  [2, 1, [1, 3]],
  [3, 1, [1, 3, 1]],
  [3, 2, [1, 1, 1]],
  [4, 1, [1, 1, 3, 3]],
  [4, 4, [1, 3, 5, 13]],
  [5, 2, [1, 1, 5, 5, 17]],
  [5, 4, [1, 1, 5, 5, 5]],
  [5, 7, [1, 1, 7, 11, 19]],
  [5, 11, [1, 1, 5, 1, 1]],
  [5, 13, [1, 1, 1, 3, 11]],
  [5, 14, [1, 3, 5, 5, 31]],
  [6, 1, [1, 3, 3, 9, 7, 49]],
  [6, 13, [1, 1, 1, 15, 21, 21]],
  [6, 16, [1, 3, 1, 13, 27, 49]],
  [6, 19, [1, 1, 1, 15, 7, 5]],
  [6, 22, [1, 3, 1, 15, 13, 25]],
  [6, 25, [1, 1, 5, 5, 19, 61]],
  [7, 1, [1, 3, 7, 11, 23, 15, 103]],
  [7, 4, [1, 3, 7, 13, 13, 15, 69]],
];

/** As many dimensions as there are direction numbers for. */
export const sobolDimensions = directions.length + 1;

const bits = 30;

/** One direction number for each bit, its binary point in front of the highest of them. */
function directionsOf(dimension: number): readonly number[] {
  const known = directions[dimension - 1];
  if (known === undefined) return Array.from({ length: bits }, (_, bit) => 1 << (bits - 1 - bit));
  const [degree, coefficients, first] = known;
  const all = first.map((value, index) => value << (bits - 1 - index));
  for (let index = degree; index < bits; index++) {
    const back = all[index - degree] ?? 0;
    let value = back ^ (back >> degree);
    for (let term = 1; term < degree; term++)
      if ((coefficients >> (degree - 1 - term)) & 1) value ^= all[index - term] ?? 0;
    all.push(value);
  }
  return all;
}

/** The points of the unit cube one by one, the first of them its corner. @param dimensions at most sobolDimensions */
export function* sobol(dimensions: number): Generator<number[], never> {
  const all = Array.from({ length: dimensions }, (_, dimension) => directionsOf(dimension));
  const at = new Array<number>(dimensions).fill(0);
  for (let index = 0; ; index++) {
    yield at.map((value) => value / 2 ** bits);
    // Two neighbours among Gray codes differ in the bit where the index has its lowest zero.
    const bit = 31 - Math.clz32(~index & (index + 1));
    for (let dimension = 0; dimension < dimensions; dimension++)
      at[dimension] = (at[dimension] ?? 0) ^ (all[dimension]?.[bit] ?? 0);
  }
}
