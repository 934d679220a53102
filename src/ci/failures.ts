/** Why a point failed, as a commit that can be pushed, bundled and read again. */

import { isRecord, parseJson } from "../base/json.ts";
import type { ToldFailure } from "../experiments/events.ts";
import { logTail } from "../experiments/runs/log-tail.ts";
import type { ObjectId } from "../git/ids.ts";
import { committerIdentity, stamp, writeCommit, writeObject } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";
import { git } from "../git/run.ts";
import type { PlanPoint, SweepPlan } from "./plan.ts";

/** `log` is the log's path. */
export interface PointFailure extends ToldFailure {
  readonly point: PlanPoint;
}

/** Writes the commit; no ref names it yet. It has no parent: hosts look at what a pushed commit changes. */
export async function writeFailure(repository: Repository, plan: SweepPlan, failure: PointFailure): Promise<ObjectId> {
  const { point, log, hint: _hint, ...told } = failure;
  const record = { v: 1, sweep: plan.sweep, i: point.i, id: point.id, name: point.name, ...told };
  const files = [
    ["log", writeObject(repository, "blob", logTail(log))],
    ["record.json", writeObject(repository, "blob", `${JSON.stringify(record)}\n`)],
  ];
  const input = files.map(([name, id]) => `100644 blob ${id}\t${name}\n`).join("");
  const tree = (await git(["mktree"], { cwd: repository.workTree, input })).trim() as ObjectId;
  const author = stamp(await committerIdentity(repository), new Date());
  return writeCommit(repository, { tree, parents: [], author, message: `${point.name} failed\n` });
}

/** The message in a record; undefined where it is none of that point's. */
export function readFailure(plan: SweepPlan, point: PlanPoint, text: string): string | undefined {
  const record = parseJson(text);
  if (!isRecord(record) || record.sweep !== plan.sweep || record.id !== point.id) return undefined;
  return typeof record.message === "string" ? record.message.slice(0, 500) : undefined;
}
