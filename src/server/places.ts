/** Where changes of what the page shows leave traces: folders of Git's refs and of the queue. */
import path from "node:path";
import { unlessSystemFails } from "../base/errors.ts";
import { lstatIfExists, readdirSync } from "../base/files.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { nowFile } from "../experiments/runs/now.ts";

/** Of more folders the rest is found by the look from time to time. */
const mostFolders = 400;

function foldersBelow(folder: string, depth: number): readonly string[] {
  const entries = unlessSystemFails([], () => readdirSync(folder, { withFileTypes: true }));
  const inner = entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(folder, name));
  return depth === 0 ? [folder] : [folder, ...inner.flatMap((each) => foldersBelow(each, depth - 1))];
}

/** @param logs of those that run */
export function watchedFolders(
  { repository, state, project }: ExperimentsContext,
  logs: readonly string[],
): ReadonlySet<string> {
  const { gitDir, commonDir } = repository;
  const refs = path.join(commonDir, "refs");
  const folders = [
    gitDir,
    commonDir,
    path.join(commonDir, "reftable"),
    refs,
    path.join(refs, "heads"),
    state.root,
    state.claims,
    state.runs,
    ...logs.map((log) => path.dirname(log)),
    path.join(project.tmpDir, "exps", "run"),
    ...foldersBelow(path.join(refs, "sweepline"), 2),
    ...foldersBelow(path.join(refs, "exps"), 3),
  ];
  return new Set(folders.slice(0, mostFolders));
}

export type Touched = "nothing" | "what runs" | "all";

/** What of Git's folder and of ours tells of experiments: locks come and go, and so does an index. */
const tellingNames = /^(?:HEAD|packed-refs|refs|order\.json|coordinator\.(?:lock|jobs)|claims|runs|workspace\.run)$/;

/** What a change of that name in the folder means for the page. */
export function touchedBy(
  { repository, state }: ExperimentsContext,
  folder: string,
  name: string | undefined,
): Touched {
  if (name === undefined) return "all";
  if (path.join(folder, name) === nowFile(path.join(folder, "log"))) return "what runs";
  const isMixed = folder === repository.gitDir || folder === repository.commonDir || folder === state.root;
  if (isMixed) return tellingNames.test(name) ? "all" : "nothing";
  if (path.dirname(folder) === state.runs) return name === "record.json" ? "all" : "nothing";
  return /\.(?:lock|processes)$/.test(name) ? "nothing" : "all";
}

/** Changes when something in the folders did, as far as their times tell. */
export function markOf(folders: ReadonlySet<string>): string {
  return [...folders].map((folder) => lstatIfExists(folder)?.mtimeMs ?? 0).join(" ");
}
