/** Runs in the folder that MLflow keeps on a disk (its FileStore, `mlruns`): each run's folder is there whole or not at all. */
import { createHash } from "node:crypto";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { asideName } from "../../base/asides.ts";
import {
  existsSync,
  makeFolder,
  readdirSync,
  readIfExists,
  removeTree,
  rename,
  writePrivateFile,
} from "../../base/files.ts";
import { floatRepr } from "../../base/python.ts";
import type { MlflowRun } from "./mlflow-runs.ts";

function yaml(facts: Readonly<Record<string, string | number | null>>): string {
  return Object.entries(facts)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join("");
}

/** The folder of an experiment of MLflow's of that name; made where there is none. */
function experimentFolder(folder: string, name: string): { readonly id: string; readonly place: string } {
  const quoted = JSON.stringify(name);
  for (const id of existsSync(folder) ? readdirSync(folder).map(String) : []) {
    if (!/^\d+$/.test(id)) continue;
    const text = readIfExists(path.join(folder, id, "meta.yaml"))?.toString() ?? "";
    if (text.split("\n").some((line) => line === `name: ${name}` || line === `name: ${quoted}`))
      return { id, place: path.join(folder, id) };
  }
  // Digits, as MLflow's own.
  const id = `1${BigInt(`0x${createHash("sha256").update(name).digest("hex").slice(0, 14)}`)
    .toString()
    .padStart(17, "0")}`;
  const place = path.join(folder, id);
  makeFolder(place);
  const now = Date.now();
  const facts = { artifact_location: pathToFileURL(place).href, creation_time: now, experiment_id: id };
  writePrivateFile(
    path.join(place, "meta.yaml"),
    yaml({ ...facts, last_update_time: now, lifecycle_stage: "active", name }),
  );
  return { id, place };
}

function writeRun(
  folder: string,
  run: MlflowRun,
  { id, place }: { readonly id: string; readonly place: string },
): void {
  for (const part of ["params", "metrics", "tags", "artifacts"]) makeFolder(path.join(folder, part));
  const tags = new Map(run.tags);
  if (run.parent !== undefined) tags.set("mlflow.parentRunId", run.parent);
  for (const [name, value] of run.params) writePrivateFile(path.join(folder, "params", name), value);
  for (const [name, value] of tags) writePrivateFile(path.join(folder, "tags", name), value);
  for (const [name, value] of run.metrics)
    writePrivateFile(path.join(folder, "metrics", name), `${run.endedAt ?? run.at} ${floatRepr(value)} 0\n`);
  const facts = {
    artifact_uri: pathToFileURL(path.join(place, run.key, "artifacts")).href,
    end_time: run.endedAt ?? null,
    entry_point_name: "",
    experiment_id: id,
    lifecycle_stage: "active",
    run_id: run.key,
    run_name: run.name,
    run_uuid: run.key,
    source_name: "",
    source_type: 4,
    source_version: "",
    start_time: run.at,
    status: 3,
    user_id: "",
  };
  writePrivateFile(path.join(folder, "meta.yaml"), `${yaml(facts)}tags: []\n`);
}

/** Answers how many runs are new; those that are there stay as they are. */
export function writeMlflowFolder(folder: string, experiment: string, runs: readonly MlflowRun[]): number {
  const home = experimentFolder(folder, experiment);
  let written = 0;
  for (const run of runs) {
    const target = path.join(home.place, run.key);
    if (existsSync(target)) continue;
    const aside = asideName(target);
    try {
      writeRun(aside, run, home);
      rename(aside, target);
    } catch (error) {
      removeTree(aside);
      throw error;
    }
    written++;
  }
  return written;
}
