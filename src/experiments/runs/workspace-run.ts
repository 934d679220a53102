/** The experiment that runs in the user's workspace just now: told on disk for others, believed while its process lives. */
import { readIfExists, removeFile, writeAtomic } from "../../base/files.ts";
import { isText, parseJson, shaped } from "../../base/json.ts";
import { lockHolder } from "../../base/locks.ts";
import type { ObjectId } from "../../git/ids.ts";
import type { StateLayout } from "../layout.ts";

export interface WorkspaceRun {
  readonly name: string;
  readonly baseline: ObjectId;
  readonly pid: number;
}

const isFacts = shaped<{ readonly name: string; readonly baseline: string }>({ name: isText, baseline: isText });

/** Called by the holder of the workspace's lock. */
export function tellWorkspaceRun(state: StateLayout, { name, baseline }: Omit<WorkspaceRun, "pid">): void {
  writeAtomic(state.workspaceRun, JSON.stringify({ name, baseline }));
}

export function endWorkspaceRun(state: StateLayout): void {
  removeFile(state.workspaceRun);
}

/** undefined: none runs there. */
export function currentWorkspaceRun(state: StateLayout): WorkspaceRun | undefined {
  const holder = lockHolder(state.workspaceLock);
  const text = holder === undefined ? undefined : readIfExists(state.workspaceRun)?.toString();
  const facts = text === undefined ? undefined : parseJson(text);
  if (holder === undefined || !isFacts(facts)) return undefined;
  return { name: facts.name, baseline: facts.baseline as ObjectId, pid: holder.pid };
}
