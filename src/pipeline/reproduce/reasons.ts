/** Why a stage runs, in words, for who watches: looked up again where somebody does, after it was decided. */

import path from "node:path";
import { someOf } from "../../base/text/listing.ts";
import { toPlain, type Value, valueAt } from "../../base/value.ts";
import {
  changedDependencies,
  changedOutputs,
  commandChanged,
  currentParams,
  type ItemChange,
  type ItemStatus,
  isCallback,
} from "../check/changes.ts";
import type { Work } from "../check/work.ts";
import type { Stage } from "../types.ts";
import type { StageRun } from "./stage-run.ts";

const longestValue = 60;
const mostItems = 10;

function shownValue(value: Value | undefined): string {
  const text = value === undefined ? "nothing" : (JSON.stringify(toPlain(value)) ?? "");
  return text.length > longestValue ? `${text.slice(0, longestValue)}...` : text;
}

/** `lr 0.1 -> 0.2`, for each key of a parameter file that is not as recorded. */
function paramWords(work: Work, stage: Stage, change: ItemChange & { status: ReadonlyMap<string, ItemStatus> }) {
  const spec = stage.params.find(({ file }) => file === change.path);
  const values = work.readParams(path.resolve(stage.workingFolder, change.path));
  const now = spec === undefined || values === undefined ? undefined : currentParams(spec, values);
  const before = work.recorded(stage)?.params.get(change.path);
  return [...change.status.keys()].map((key) => {
    const [old, current] = [before, now].map((map) => map && (map.get(key) ?? valueAt(map, key)));
    return `${key} ${shownValue(old)} -> ${shownValue(current)}`;
  });
}

const statusWords: Readonly<Record<ItemStatus, string>> = {
  modified: "changed",
  deleted: "missing",
  new: "new",
  "not in cache": "not in the cache",
};

function itemWords(kind: "dep" | "output", { shown, status }: ItemChange): string {
  return typeof status === "string" ? `${kind} ${shown} ${statusWords[status]}` : `${kind} ${shown} changed`;
}

function isParams(change: ItemChange): change is ItemChange & { status: ReadonlyMap<string, ItemStatus> } {
  return typeof change.status !== "string";
}

/** All reasons, not only the first that was found. Reads and hashes what the decision may have left out. */
export async function reasonsToRun(run: StageRun): Promise<string> {
  const { work, stage, force } = run;
  if (force) return "forced";
  if (isCallback(stage)) return "it has no dependencies and no outputs, so it runs always";
  if (stage.alwaysChanged) return "always_changed";
  const recorded = work.recorded(stage);
  if (recorded === undefined) return "there is no record of a run";
  const command = commandChanged(stage, recorded) ? ["the command changed"] : [];
  const dependencies = stage.frozen ? [] : await changedDependencies(work, stage);
  const outputs = await changedOutputs(work, stage);
  const words = [
    ...command,
    ...dependencies.flatMap((change) =>
      isParams(change) ? paramWords(work, stage, change) : itemWords("dep", change),
    ),
    ...outputs.map((change) => itemWords("output", change)),
  ];
  return someOf(words, mostItems);
}
