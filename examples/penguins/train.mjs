// prepared.json -> model.json, and curve.csv: loss and accuracy on the training part after each epoch.
import { readFileSync, writeFileSync } from "node:fs";
import { createNetwork, learn, score } from "./lib/network.mjs";
import { readParams, refuse, requireWhole } from "./lib/params.mjs";
import { randomNumbers, shuffled } from "./lib/random.mjs";

const batchSize = 16;

function checkParams({ lr, hidden, epochs, l2, seed }) {
  requireWhole("train.hidden", hidden, 1);
  requireWhole("train.epochs", epochs, 1);
  requireWhole("train.seed", seed, 0);
  if (!(lr > 0)) refuse(`train.lr must be above 0, not ${lr}`);
  if (!(l2 >= 0)) refuse(`train.l2 must not be negative: ${l2}`);
  if (lr * l2 >= 1) {
    refuse(`train.lr=${lr} times train.l2=${l2} must be below 1: each step would decay the weights past zero`);
  }
}

function trainEpoch(network, rows, step) {
  for (let start = 0; start < rows.length; start += batchSize) {
    learn(network, rows.slice(start, start + batchSize), step);
  }
}

const params = readParams("train");
checkParams(params);
const { species, measurements, train } = JSON.parse(readFileSync("prepared.json", "utf8"));
const random = randomNumbers(params.seed);
const sizes = { inputs: measurements.length, hidden: params.hidden, classes: species.length };
const network = createNetwork(sizes, random);

const curve = ["epoch,loss,accuracy"];
for (let epoch = 1; epoch <= params.epochs; epoch += 1) {
  trainEpoch(network, shuffled(train, random), { lr: params.lr, l2: params.l2 });
  const { loss, accuracy } = score(network, train);
  if (!Number.isFinite(loss))
    refuse(`the loss is no longer a number after epoch ${epoch}: train.lr=${params.lr} is too large`);
  curve.push(`${epoch},${loss.toFixed(6)},${accuracy.toFixed(6)}`);
}

writeFileSync("model.json", `${JSON.stringify({ species, measurements, network })}\n`);
writeFileSync("curve.csv", `${curve.join("\n")}\n`);
process.stdout.write(`trained for ${params.epochs} epochs, last: ${curve.at(-1)} (${curve[0]})\n`);
