/** Why a point failed, as a commit that can be pushed, bundled and read again. */

import { isRecord, parseJson } from "../base/json.ts";
import type { ToldFailure } from "../experiments/events.ts";
import { logTail } from "../experiments/runs/log-tail.ts";
import { CatFile } from "../git/catfile.ts";
import type { ObjectId } from "../git/ids.ts";
import { committerIdentity, stamp, writeCommit, writeObject } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";
import { git } from "../git/run.ts";
import type { PlanPoint, SweepPlan } from "./plan.ts";

export interface PointFailure extends Omit<ToldFailure, "log"> {
  readonly point: PlanPoint;
  /** The path of the run's log; undefined of a point that could not even be queued. */
  readonly log: string | undefined;
}

/** What the point printed last, or why it never ran. */
export function endOfLog({ log, message, hint }: Pick<PointFailure, "log" | "message" | "hint">): Buffer {
  if (log !== undefined) return logTail(log);
  return Buffer.from(`${[message, ...(hint === undefined ? [] : [hint])].join("\n")}\n`);
}

/** Writes the commit; no ref names it yet. It has no parent: hosts look at what a pushed commit changes. */
export async function writeFailure(repository: Repository, plan: SweepPlan, failure: PointFailure): Promise<ObjectId> {
  const { point, log: _log, hint: _hint, ...told } = failure;
  const record = { v: 1, sweep: plan.sweep, i: point.i, id: point.id, name: point.name, set: point.set, ...told };
  const files = [
    ["log", writeObject(repository, "blob", endOfLog(failure))],
    ["record.json", writeObject(repository, "blob", `${JSON.stringify(record)}\n`)],
  ];
  const input = files.map(([name, id]) => `100644 blob ${id}\t${name}\n`).join("");
  const tree = (await git(["mktree"], { cwd: repository.workTree, input })).trim() as ObjectId;
  const author = stamp(await committerIdentity(repository), new Date());
  return writeCommit(repository, { tree, parents: [], author, message: `${point.name} failed\n` });
}

/** Ends of logs that are read together: what a job writes is smaller, and many are not held. */
const logRoom = { each: 1024 * 1024, all: 64 * 1024 * 1024 };

/** The ends of the logs of points that failed in a job, by name: of several of one name the newest. Others are left out. */
export async function logsOfFailedPoints(
  repository: Repository,
  names: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Buffer>> {
  const format = "--format=%(objectname) %(contents:subject)";
  const args = ["for-each-ref", "--sort=-committerdate", format, "refs/sweeps"];
  const commits = new Map<string, string>();
  for (const line of (await git(args, { cwd: repository.workTree })).split("\n")) {
    const name = / (.*) failed$/.exec(line)?.[1];
    if (name !== undefined && names.has(name) && !commits.has(name))
      commits.set(name, line.slice(0, line.indexOf(" ")));
  }
  if (commits.size === 0) return new Map();
  const objects = new CatFile(repository);
  try {
    const asked = [...commits.values()].map((commit) => `${commit}:log`);
    const logs = await objects.readWithin(asked, { ...logRoom });
    return new Map(
      [...commits.keys()].flatMap((name, at) => {
        const log = logs[at];
        return log !== undefined && "content" in log && log.type === "blob" ? [[name, log.content] as const] : [];
      }),
    );
  } finally {
    objects.close();
  }
}

/** The end of the log of the newest point of that name which failed in a job, or undefined. */
export async function logOfFailedPoint(repository: Repository, name: string): Promise<string | undefined> {
  return (await logsOfFailedPoints(repository, new Set([name]))).get(name)?.toString();
}

/** The message in a record; undefined where it is none of that point's. */
export function readFailure(plan: SweepPlan, point: PlanPoint, text: string): string | undefined {
  const record = parseJson(text);
  if (!isRecord(record) || record.sweep !== plan.sweep || record.id !== point.id) return undefined;
  if (typeof record.message !== "string") return undefined;
  const output = typeof record.output === "string" ? `: ${record.output}` : "";
  return `${record.message}${output}`.slice(0, 500);
}
