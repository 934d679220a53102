// Hostile input (test/fuzz): commands over repositories of which a part is drawn by dice. Prints the seed; the same seed and
// number of cases tries the same ones again.
// usage: npm run fuzz -- [--cases N] [--seed N|random] [FILTER...]    FILTER: kinds of input, as the tests are named
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  options: { cases: { type: "string", default: "2000" }, seed: { type: "string", default: "20261122" } },
  allowPositionals: true,
});
const seed = values.seed === "random" ? String(Math.floor(Math.random() * 2 ** 31)) : values.seed;
process.stdout.write(`seed ${seed}, ${values.cases} cases\n`);
const filter = positionals.length === 0 ? [] : ["-t", positionals.join("|")];
const folder = mkdtempSync(path.join(tmpdir(), "sweepline-fuzz-"));
const counts = path.join(folder, "counts");
const { status } = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", "--config", "vitest.fuzz.config.ts", ...filter],
  {
    stdio: "inherit",
    env: {
      ...process.env,
      SWEEPLINE_FUZZ_CASES: values.cases,
      SWEEPLINE_FUZZ_SEED: seed,
      SWEEPLINE_FUZZ_COUNTS: counts,
    },
  },
);
const tried = existsSync(counts) ? readFileSync(counts, "utf8").trimEnd().split("\n") : [];
rmSync(folder, { recursive: true });
process.stdout.write(`${tried.reduce((sum, count) => sum + Number(count), 0)} cases tried\n`);
process.exit(status ?? 1);
