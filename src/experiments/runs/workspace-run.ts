/** The experiment that runs in the user's workspace just now: told on disk for others, believed while its process lives. */
import { readIfExists, removeFile, writeAtomic } from "../../base/files.ts";
import { isText, optional, parseJson, shaped, textLike } from "../../base/json.ts";
import { lockHolder } from "../../base/locks.ts";
import type { ObjectId } from "../../git/ids.ts";
import type { StateLayout } from "../layout.ts";

export interface WorkspaceRunFacts {
  readonly name: string;
  readonly baseline: ObjectId;
  /** Where a stage makes checkpoints: what its checkpoints carry. */
  readonly mark?: string;
  /** Where it goes on from a checkpoint: that one. */
  readonly from?: ObjectId;
}

export interface WorkspaceRun extends Pick<WorkspaceRunFacts, "name" | "baseline"> {
  readonly pid: number;
}

const isCommit = textLike<ObjectId>(/^[0-9a-f]{40,64}$/);

const isFacts = shaped<WorkspaceRunFacts>({
  name: isText,
  baseline: isCommit,
  mark: optional(isText),
  from: optional(isCommit),
});

/** Called by the holder of the workspace's lock. */
export function tellWorkspaceRun(state: StateLayout, { name, baseline, mark, from }: WorkspaceRunFacts): void {
  writeAtomic(state.workspaceRun, JSON.stringify({ name, baseline, mark, from }));
}

export function endWorkspaceRun(state: StateLayout): void {
  removeFile(state.workspaceRun);
}

/** What was told last, by a run that goes on or was killed. */
export function toldWorkspaceRun(state: StateLayout): WorkspaceRunFacts | undefined {
  const text = readIfExists(state.workspaceRun)?.toString();
  const facts = text === undefined ? undefined : parseJson(text);
  return isFacts(facts) ? facts : undefined;
}

/** undefined: none runs there. */
export function currentWorkspaceRun(state: StateLayout): WorkspaceRun | undefined {
  const holder = lockHolder(state.workspaceLock);
  const facts = holder === undefined ? undefined : toldWorkspaceRun(state);
  if (holder === undefined || facts === undefined) return undefined;
  return { name: facts.name, baseline: facts.baseline, pid: holder.pid };
}
