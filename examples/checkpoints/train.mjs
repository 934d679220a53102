// Fits a line to noisy points by stochastic gradient descent. model.json holds all that the next epoch depends on, the state of the
// random numbers too: a training that was killed and goes on ends with the same numbers as one that was not.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";

/** Lines of `name: number`. */
const params = Object.fromEntries(
  [...readFileSync("params.yaml", "utf8").matchAll(/^(\w+): *(\S+)/gm)].map(([, name, text]) => [name, Number(text)]),
);

/** The five lines of docs/checkpoints.md: the outputs are safe once the file is gone. */
async function makeCheckpoint() {
  if (!process.env.DVC_CHECKPOINT) return;
  const signal = path.join(process.env.DVC_ROOT, ".dvc", "tmp", "DVC_CHECKPOINT");
  writeFileSync(signal, "");
  while (existsSync(signal)) await setTimeout(5);
}

/** mulberry32: its whole state is one number. */
function random(model) {
  model.random = (model.random + 0x6d2b79f5) | 0;
  let t = Math.imul(model.random ^ (model.random >>> 15), 1 | model.random);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

/** Of the line y = 2x - 1, with noise. */
function learn(model) {
  let loss = 0;
  const steps = 50;
  for (let step = 0; step < steps; step++) {
    const x = 2 * random(model) - 1;
    const error = model.slope * x + model.offset - (2 * x - 1 + 0.2 * (random(model) - 0.5));
    model.slope -= params.lr * error * x;
    model.offset -= params.lr * error;
    loss += error * error;
  }
  return loss / steps;
}

const fresh = { epoch: 0, slope: 0, offset: 0, random: params.seed };
const model = existsSync("model.json") ? JSON.parse(readFileSync("model.json", "utf8")) : fresh;
process.stdout.write(`starts after epoch ${model.epoch}\n`);
while (model.epoch < params.epochs) {
  const loss = learn(model);
  model.epoch++;
  await setTimeout(params.pause);
  // A link into the cache must not be written through.
  rmSync("model.json", { force: true });
  writeFileSync("model.json", JSON.stringify(model));
  writeFileSync("metrics.json", JSON.stringify({ epoch: model.epoch, loss }));
  await makeCheckpoint();
}
