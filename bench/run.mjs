// npm run bench [-- --only NAME[,NAME...]] [--quick] [--json] [--no-peers] [--help]
//
// Whole processes, medians after a warm-up, ours beside DVC 3 and Hydra in the same run. The peers are looked for in
// SWEEPLINE_PEERS (the folder of a Python environment), then on PATH. Exits 1 where a figure is not reached.
import { existsSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { cases } from "./cases.mjs";
import { makeEnvironment, removeFolders } from "./measure.mjs";
import { binary } from "./repositories.mjs";
import { tableOf } from "./rows.mjs";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    "no-peers": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (options.help) {
  process.stdout.write(
    `npm run bench [-- --only NAME[,NAME...]] [--quick] [--json] [--no-peers]\n\nCases: ${Object.keys(cases).join(", ")}\n`,
  );
  process.exit(0);
}

/** The folder that holds the peer's `dvc`, or undefined. */
function findPeers() {
  if (options["no-peers"]) return undefined;
  const named = process.env.SWEEPLINE_PEERS;
  const folders = named ? [path.join(named, "bin")] : (process.env.PATH ?? "").split(path.delimiter);
  return folders.find((folder) => existsSync(path.join(folder, "dvc")));
}

function chosenCases() {
  const names = options.only?.flatMap((text) => text.split(",")) ?? Object.keys(cases);
  const unknown = names.filter((name) => !(name in cases));
  if (unknown.length === 0) return names;
  process.stderr.write(`no such case: ${unknown.join(", ")}; there are ${Object.keys(cases).join(", ")}\n`);
  process.exit(2);
}

const peers = findPeers();
const python = peers === undefined ? undefined : path.join(peers, "python");
const bench = {
  ours: [process.execPath, binary],
  dvc: peers === undefined ? undefined : [path.join(peers, "dvc")],
  python: python !== undefined && existsSync(python) ? python : undefined,
  env: makeEnvironment(peers),
  quick: options.quick,
  often: options.quick ? { repeats: 1, warmUps: 0 } : { repeats: 5, warmUps: 1 },
  // A peer takes seconds to minutes: fewer runs of it, after a warm-up all the same.
  peerOften: options.quick ? { repeats: 1, warmUps: 0 } : { repeats: 3, warmUps: 1 },
};

/** A case that can't be measured is a failure of the benchmark, and the others go on. */
async function measureCase(name) {
  try {
    return (await cases[name](bench)).map((row) => ({ name, ...row }));
  } catch (error) {
    process.stderr.write(`${name}: ${error.message}\n`);
    return [{ name, what: "could not be measured", asked: "-", ours: "-", measured: null, ok: false }];
  }
}

const rows = [];
try {
  for (const name of chosenCases()) {
    if (!options.json) process.stderr.write(`measuring ${name}\n`);
    rows.push(...(await measureCase(name)));
  }
} finally {
  removeFolders();
}
const machine = `Node ${process.versions.node}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB`;
if (options.json)
  process.stdout.write(`${JSON.stringify({ machine, peers: bench.dvc !== undefined, rows }, null, 2)}\n`);
else process.stdout.write(`${tableOf(rows)}\n\n${machine}${peers === undefined ? "; no peers found" : ""}\n`);
process.exitCode = rows.some((row) => row.ok === false) ? 1 : 0;
