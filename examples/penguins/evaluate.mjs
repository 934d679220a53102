// model.json and the held-back part of prepared.json -> metrics.json.
import { readFileSync, writeFileSync } from "node:fs";
import { score } from "./lib/network.mjs";

const { network } = JSON.parse(readFileSync("model.json", "utf8"));
const { test } = JSON.parse(readFileSync("prepared.json", "utf8"));
const { accuracy, loss } = score(network, test);
const digits = (value) => Number(value.toFixed(6));
const metrics = { accuracy: digits(accuracy), log_loss: digits(loss) };
writeFileSync("metrics.json", `${JSON.stringify(metrics)}\n`);
process.stdout.write(`accuracy ${metrics.accuracy}, log loss ${metrics.log_loss} on ${test.length} penguins\n`);
