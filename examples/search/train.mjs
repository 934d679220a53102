// prepared.json -> metrics.json: after each epoch the step, the log loss and the accuracy on the held-back part.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { createNetwork, learn, score } from "./lib/network.mjs";
import { readParams, refuse, requireWhole } from "./lib/params.mjs";
import { randomNumbers, shuffled } from "./lib/random.mjs";

const batchSize = 16;
const digits = (value) => Number(value.toFixed(6));

/** Whole or not at all: the file is looked at while we train. */
function writeMetrics(metrics) {
  writeFileSync("metrics.json.new", `${JSON.stringify(metrics)}\n`);
  renameSync("metrics.json.new", "metrics.json");
}

const params = readParams("train");
for (const name of ["hidden", "epochs", "pace"]) requireWhole(`train.${name}`, params[name], name === "pace" ? 0 : 1);
if (!(params.lr > 0)) refuse(`train.lr must be above 0, not ${params.lr}`);
const { species, measurements, train, test } = JSON.parse(readFileSync("prepared.json", "utf8"));
const random = randomNumbers(params.seed);
const sizes = { inputs: measurements.length, hidden: params.hidden, classes: species.length };
const network = createNetwork(sizes, random);

for (let step = 1; step <= params.epochs; step += 1) {
  const rows = shuffled(train, random);
  for (let start = 0; start < rows.length; start += batchSize)
    learn(network, rows.slice(start, start + batchSize), { lr: params.lr, l2: 0 });
  // An epoch of a net that is worth a search takes its time: this one waits.
  await pause(params.pace);
  const { accuracy, loss } = score(network, test);
  writeMetrics({ step, accuracy: digits(accuracy), log_loss: digits(loss) });
}
