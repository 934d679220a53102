/** Which files of which revisions can't be read, and why: said beside what can. */
import type { DataOutcome } from "./load-revisions.ts";
import type { Baseline, ExperimentData, FileResult } from "./types.ts";

export interface UnreadableFile {
  /** As the user calls it. */
  readonly revision: string;
  /** Names the file and, where it is there, line and column. */
  readonly message: string;
}

type FilesOf = (data: ExperimentData) => Iterable<FileResult>;
type FileError = Extract<FileResult, { kind: "error" }>;

function errorsOf(data: ExperimentData, filesOf: FilesOf): readonly FileError[] {
  return [...filesOf(data)].filter((result): result is FileError => result.kind === "error");
}

/** The files that are broken or missing; a revision that can't be read at all counts as one. */
export function unreadableFiles(revision: string, outcome: DataOutcome, filesOf: FilesOf): readonly UnreadableFile[] {
  const errors = outcome.data === null ? [outcome.error] : errorsOf(outcome.data, filesOf);
  return errors.map(({ message }) => ({ revision, message }));
}

/** A loop, since tables ask this of thousands of rows. */
function addBroken(files: ReadonlyMap<string, FileResult>, messages: Set<string>): void {
  for (const result of files.values())
    if (result.kind === "error" && result.type !== "FileNotFoundError") messages.add(result.message);
}

/** The files that are broken: what is not there may be an output that was not made yet. */
export function brokenFiles(revision: string, data: ExperimentData | null): readonly UnreadableFile[] {
  if (data === null) return [];
  const messages = new Set<string>();
  addBroken(data.params, messages);
  addBroken(data.metrics, messages);
  return [...messages].map((message) => ({ revision, message }));
}

/** The broken files of all rows of `exp show`, and the rows that can't be read at all. */
export function brokenFilesOfRows(baselines: readonly Baseline[]): readonly UnreadableFile[] {
  const states = baselines.flatMap((baseline) => [baseline, ...baseline.experiments.flatMap(({ revs }) => revs)]);
  return states.flatMap(({ rev, name, data, error }) => {
    const revision = name ?? rev.slice(0, 9);
    // The error of an experiment that failed is no one's of reading: it has no type.
    if (data === null && error !== null && error.type !== "") return [{ revision, message: error.message }];
    return brokenFiles(revision, data);
  });
}
