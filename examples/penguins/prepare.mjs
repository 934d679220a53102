// data/penguins.csv -> prepared.json: rows split into a training and a test part, measurements standardised.
import { readFileSync, writeFileSync } from "node:fs";
import { readParams, refuse, requireWhole } from "./lib/params.mjs";
import { randomNumbers, shuffled } from "./lib/random.mjs";

const measurements = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"];

/** Rows as records of text. The file has no quoted cells. */
function readCsv(file) {
  const [header, ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
  const names = header.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, i) => [names[i], cell])));
}

/** Mean and standard deviation of each measurement. */
function measure(rows) {
  return measurements.map((_, i) => {
    const mean = rows.reduce((sum, row) => sum + row.inputs[i], 0) / rows.length;
    const variance = rows.reduce((sum, row) => sum + (row.inputs[i] - mean) ** 2, 0) / rows.length;
    return { mean, deviation: Math.sqrt(variance) };
  });
}

function standardise(rows, scale) {
  return rows.map(({ inputs, label }) => ({
    inputs: inputs.map((value, i) => (value - scale[i].mean) / scale[i].deviation),
    label,
  }));
}

const params = readParams("prepare");
requireWhole("prepare.seed", params.seed, 0);
if (!(params.test_share > 0 && params.test_share < 1)) {
  refuse(`prepare.test_share must lie between 0 and 1, not ${params.test_share}`);
}

// Two penguins were never measured: they are left out. A missing sex is no reason to drop a row, the net does not see it.
const complete = readCsv("data/penguins.csv").filter((row) => measurements.every((name) => row[name] !== ""));
const species = [...new Set(complete.map((row) => row.species))].sort();
const rows = complete.map((row) => ({
  inputs: measurements.map((name) => Number(row[name])),
  label: species.indexOf(row.species),
}));

// The same share of each species is held back, so that the rarest one is in both parts.
const random = randomNumbers(params.seed);
const train = [];
const test = [];
for (const label of species.keys()) {
  const ofSpecies = shuffled(
    rows.filter((row) => row.label === label),
    random,
  );
  const held = Math.round(ofSpecies.length * params.test_share);
  test.push(...ofSpecies.slice(0, held));
  train.push(...ofSpecies.slice(held));
}
if (train.length === 0 || test.length === 0) {
  refuse(
    `prepare.test_share=${params.test_share} leaves ${train.length} rows to train on and ${test.length} to test on`,
  );
}

// The scale comes from the training part alone: the test part must not leak into the model.
const scale = measure(train);
const prepared = { species, measurements, train: standardise(train, scale), test: standardise(test, scale) };
writeFileSync("prepared.json", `${JSON.stringify(prepared)}\n`);
process.stdout.write(
  `${train.length} penguins to train on, ${test.length} held back, species: ${species.join(", ")}\n`,
);
