/** What the end of a failed run's log tells: why its command failed, and which file of the workspace it missed. */
import path from "node:path";
import { SweeplineError } from "../base/errors.ts";
import { existsSync } from "../base/files.ts";
import { readableShellWord } from "../base/text/shell-word.ts";
import { visibleText } from "../base/text/visible.ts";
import { failureText, type RunFailure } from "../experiments/failure.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { logTail } from "../experiments/runs/log-tail.ts";
import { git } from "../git/run.ts";
import { type OutputTree, outputsAt } from "../pipeline/graph/graph.ts";
import { loadProjectStages } from "../pipeline/reading/project-stages.ts";
import type { EntryOutcome } from "./one/in-copy.ts";

const mostCharacters = 300;

type FailedRun = Extract<EntryOutcome, { kind: "failed" }>;

/** What the command that failed printed, as far as the log's end has it; "" where no command failed. */
export function failedOutput(failure: RunFailure, log: string): string {
  const isOfCommand = failure.kind === "stages" && failure.failures.some((stage) => stage.kind === "command");
  if (!isOfCommand) return "";
  const text = logTail(log).toString();
  const told = text.lastIndexOf(`ERROR: ${visibleText(failureText(failure))}`);
  const output = told < 0 ? text : text.slice(0, told);
  // What stands above was printed by stages before it.
  const [, own = output] = /^.*(?:^|\n)Running stage '[^\n]*':\n> [^\n]*\n?(.*)$/s.exec(output) ?? [];
  return own;
}

/** What says nothing by itself: places of a stack, Node's last line, what we wrote ourselves. */
const noReason =
  /^(?:\s*|\s+at .*|Node\.js v[\d.]+|WARNING: ended what the stages left running.*|Checkpoint experiment iteration '.*|(?:Updating|Generating) lock file '.*)$/;

/** Its last line that tells something: of a traceback the exception. */
export function lastLine(output: string): string | undefined {
  const line = output.split(/[\r\n]+/).findLast((each) => !noReason.test(each));
  return line?.trim().slice(0, mostCharacters);
}

/**
 * Which path that lies untracked in the workspace a run failed over: the copy has it only where -C named it. What a command
 * of the user's missed, only its output tells.
 */
export async function hintForMissing(
  context: ExperimentsContext,
  { missing: files }: Pick<FailedRun, "missing">,
  output: string,
): Promise<string | undefined> {
  if (output === "" && files.length === 0) return undefined;
  const { workTree } = context.repository;
  const listing = await git(["ls-files", "--others", "--directory", "--no-empty-directory", "-z"], { cwd: workTree });
  const untracked = listing.split("\0").filter((name) => name !== "" && !name.startsWith(".dvc/"));
  const modules = missedModules(output);
  const found = untracked.flatMap((each) => {
    const name = each.replace(/\/$/, "");
    const isMissed = files.some((file) => isAtOrBelow(file, name)) || isMentioned(output, name);
    return isMissed || modules.some((module) => holdsModule(workTree, each, module)) ? [name] : [];
  });
  if (found.length === 0) return undefined;
  const outputs = await workspaceOutputs(context);
  if (outputs === undefined) return undefined;
  const isOutput = (name: string) => outputsAt(outputs, path.join(workTree, name)).length > 0;
  const missing = found.find((name) => !isOutput(name));
  if (missing === undefined) return undefined;
  return `'${missing}' is in your workspace, but Git does not track it, so the experiment's copy has it not: add it with \`git add\`, or name it with -C ${readableShellWord(missing)}`;
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

/** Whether the output names the path; of a path in a folder its last name will do where a line says that it is not there. */
function isMentioned(output: string, name: string): boolean {
  if (mentions(output, name)) return true;
  const base = path.posix.basename(name);
  return base !== name && output.split("\n").some((line) => isAbsence.test(line) && mentions(line, base));
}

const isAbsence = /no such file|not found|ENOENT|cannot open|can't open|does not exist/i;

/** Whether a text names a path, not just a longer word with it inside. */
function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const before = text[at - 1] ?? " ";
    const after = text[at + name.length] ?? " ";
    if (!/[\w.-]/.test(before) && !/[\w-]/.test(after)) return true;
  }
  return false;
}

/** Paths without their endings, such as `lib/helper`, of modules that Python or Node did not find. */
function missedModules(output: string): readonly string[] {
  const python = [...output.matchAll(/No module named '?([\w.]+)'?/g)].map(([, name = ""]) => name.split("."));
  const node = [...output.matchAll(/Cannot find module '(?:[^'\n]*\/)?([\w.-]+)'/g)].map(([, name = ""]) => [
    name.replace(/\.[cm]?[jt]s$/, ""),
  ]);
  // `lib.helper` is missing where lib is, too.
  return [...python, ...node].flatMap((parts) => parts.map((_, at) => parts.slice(0, at + 1).join("/")));
}

const moduleEndings = ["", ".py", ".js", ".mjs", ".cjs", ".ts"];

/** Whether the untracked path is that module, or a folder which holds it. */
function holdsModule(workTree: string, untracked: string, module: string): boolean {
  const name = untracked.replace(/\/$/, "");
  if (untracked.endsWith("/"))
    return (
      isTail(name, module) ||
      moduleEndings.some((ending) => existsSync(path.join(workTree, name, `${module}${ending}`)))
    );
  return moduleEndings.some((ending) => isTail(name, `${module}${ending}`));
}

function isTail(name: string, tail: string): boolean {
  return name === tail || name.endsWith(`/${tail}`);
}
