// Hostile input (test/fuzz): commands over repositories of which a part is drawn by dice. Prints the seed; the same seed and
// number of cases tries the same ones again.
// usage: npm run fuzz -- [--cases N] [--seed N|random] [FILTER...]    FILTER: kinds of input, as the tests are named
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  options: { cases: { type: "string", default: "2000" }, seed: { type: "string", default: "20261122" } },
  allowPositionals: true,
});
const seed = values.seed === "random" ? String(Math.floor(Math.random() * 2 ** 31)) : values.seed;
process.stdout.write(`seed ${seed}, ${values.cases} cases\n`);
const filter = positionals.length === 0 ? [] : ["-t", positionals.join("|")];
const { status } = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", "--config", "vitest.fuzz.config.ts", ...filter],
  { stdio: "inherit", env: { ...process.env, SWEEPLINE_FUZZ_CASES: values.cases, SWEEPLINE_FUZZ_SEED: seed } },
);
process.exit(status ?? 1);
