// points.json -> weights.json and metrics.json: a sum of basis functions fitted by gradient descent.
import { readFileSync, writeFileSync } from "node:fs";
import { readParams, refuse } from "./lib/params.mjs";
import { randomNumbers } from "./lib/random.mjs";

const bases = {
  powers: (x, term) => x ** term,
  sines: (x, term) => Math.sin(term * 3 * x),
};

/** Each maker gives the step of one weight from its gradient. */
const optimizers = {
  sgd:
    ({ lr }) =>
    (gradient) =>
      lr * gradient,
  momentum: ({ lr, momentum }) => {
    let speed = 0;
    return (gradient) => {
      speed = momentum * speed + gradient;
      return lr * speed;
    };
  },
  adam: ({ lr, momentum }) => {
    let [mean, square, step] = [0, 0, 0];
    return (gradient) => {
      step += 1;
      mean = momentum * mean + (1 - momentum) * gradient;
      square = 0.999 * square + 0.001 * gradient ** 2;
      return (lr * (mean / (1 - momentum ** step))) / (Math.sqrt(square / (1 - 0.999 ** step)) + 1e-8);
    };
  },
};

function choose(table, key, name) {
  return table[name] ?? refuse(`${key} must be one of ${Object.keys(table).join(", ")}, not '${name}'`);
}

const { model, optimizer, train } = readParams();
const basis = choose(bases, "model.basis", model.basis);
const makeStep = choose(optimizers, "optimizer.name", optimizer.name);
if (!(Number.isInteger(train.steps) && train.steps > 0))
  refuse(`train.steps must be a whole number above 0, not ${train.steps}`);

const { fit, test } = JSON.parse(readFileSync("points.json", "utf8"));
const terms = Array.from({ length: model.terms + 1 }, (_, term) => (x) => (term === 0 ? 1 : basis(x, term)));
const random = randomNumbers(train.seed);
const weights = terms.map(() => 0.1 * (random() - 0.5));
const steps = terms.map(() => makeStep(optimizer));
const predict = (x) => terms.reduce((sum, term, index) => sum + weights[index] * term(x), 0);
const lossOf = (points) => points.reduce((sum, { x, y }) => sum + (predict(x) - y) ** 2, 0) / points.length;

for (let step = 0; step < train.steps; step += 1) {
  const errors = fit.map(({ x, y }) => predict(x) - y);
  const gradients = terms.map(
    (term) => (2 / fit.length) * fit.reduce((sum, { x }, index) => sum + errors[index] * term(x), 0),
  );
  for (const [index, gradient] of gradients.entries()) weights[index] -= steps[index](gradient);
}
const metrics = { fit_loss: lossOf(fit), test_loss: lossOf(test) };
if (!Number.isFinite(metrics.fit_loss))
  refuse(`the loss is no longer a number: optimizer.lr=${optimizer.lr} is too large`);
writeFileSync("weights.json", `${JSON.stringify(weights)}\n`);
writeFileSync("metrics.json", `${JSON.stringify(metrics)}\n`);
process.stdout.write(`loss on the held-back points: ${metrics.test_loss.toFixed(5)}\n`);
