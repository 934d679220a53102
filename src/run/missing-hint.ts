/** A failure over a file that the copy has not, since Git does not track it: told with the way out. */
import path from "node:path";
import { SweeplineError } from "../base/errors.ts";
import type { RunFailure } from "../experiments/failure.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { logTail } from "../experiments/runs/log-tail.ts";
import { git } from "../git/run.ts";
import { type OutputTree, outputsAt } from "../pipeline/graph/graph.ts";
import { loadProjectStages } from "../pipeline/reading/project-stages.ts";
import type { EntryOutcome } from "./one/in-copy.ts";

type FailedRun = Extract<EntryOutcome, { kind: "failed" }>;

/**
 * A run that fails over a path which lies untracked in the workspace: the copy has it only where -C named it. What a command of
 * the user's missed, only its output tells.
 */
export async function hintForMissing(
  context: ExperimentsContext,
  { failure, missing: files }: FailedRun,
  log: string,
): Promise<string | undefined> {
  const output = isCommandFailure(failure) ? logTail(log).toString() : "";
  if (output === "" && files.length === 0) return undefined;
  const isMissed = (name: string) => files.some((file) => isAtOrBelow(file, name)) || mentions(output, name);
  const listing = await git(["ls-files", "--others", "--directory", "--no-empty-directory", "-z"], {
    cwd: context.repository.workTree,
  });
  const untracked = listing.split("\0").filter((name) => name !== "" && !name.startsWith(".dvc/"));
  const named = untracked.map((name) => name.replace(/\/$/, "")).filter(isMissed);
  if (named.length === 0) return undefined;
  const outputs = await workspaceOutputs(context);
  if (outputs === undefined) return undefined;
  const isOutput = (name: string) => outputsAt(outputs, path.join(context.repository.workTree, name)).length > 0;
  const missing = named.find((name) => !isOutput(name));
  if (missing === undefined) return undefined;
  return `'${missing}' is in your workspace, but Git does not track it, so the experiment's copy has it not: add it with \`git add\`, or name it with -C ${missing}`;
}

function isCommandFailure(failure: RunFailure): boolean {
  return failure.kind === "stages" && failure.failures.some((stage) => stage.kind === "command");
}

function isAtOrBelow(file: string, name: string): boolean {
  return file === name || file.startsWith(`${name}/`);
}

/** What the stages write: the run makes it anew, so that a copy of the workspace's is no help. undefined: can't be read. */
async function workspaceOutputs({ project }: ExperimentsContext): Promise<OutputTree | undefined> {
  try {
    return (await loadProjectStages(project)).outputs;
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    return undefined;
  }
}

/** Whether a text names a path, not just a longer word with it inside. */
function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const before = text[at - 1] ?? " ";
    const after = text[at + name.length] ?? " ";
    if (!/[\w.-]/.test(before) && !/[\w-]/.test(after)) return true;
  }
  return false;
}
