// -> points.json: points of a curve with noise, every fourth one held back.
import { writeFileSync } from "node:fs";
import { readParams, refuse } from "./lib/params.mjs";
import { randomNumbers } from "./lib/random.mjs";

const curves = {
  waves: (x) => Math.sin(3 * x) + 0.3 * Math.sin(9 * x),
  steps: (x) => Math.sign(x) * (Math.abs(x) > 0.5 ? 1 : 0.4),
};

const { data } = readParams();
const curve =
  curves[data.name] ?? refuse(`data.name must be one of ${Object.keys(curves).join(", ")}, not '${data.name}'`);
if (!(data.points >= 8)) refuse(`data.points must be 8 at least, not ${data.points}`);
const random = randomNumbers(data.seed);
const points = Array.from({ length: data.points }, (_, index) => {
  const x = (2 * index) / (data.points - 1) - 1;
  return { x, y: curve(x) + data.noise * (2 * random() - 1) };
});
const fit = points.filter((_, index) => index % 4 !== 0);
const test = points.filter((_, index) => index % 4 === 0);
writeFileSync("points.json", `${JSON.stringify({ fit, test })}\n`);
process.stdout.write(`${fit.length} points of '${data.name}' to fit, ${test.length} held back\n`);
