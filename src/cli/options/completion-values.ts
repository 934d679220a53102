/** What a shell may complete a word by, beside commands and options: names that the project has. Few processes, few files. */
import path from "node:path";
import { readIfExists } from "../../base/files.ts";
import { openExperiments, parseExperimentRef } from "../../experiments/repository.ts";
import { listRefs } from "../../git/refs.ts";
import type { Project } from "../../project/project.ts";
import type { Io } from "../terminal/io.ts";

export type CompletionKind =
  | "experiments"
  | "tasks"
  | "logged"
  | "stages"
  | "overrides"
  | "columns"
  | "metrics"
  | "sweeps";

interface Asking {
  readonly io: Io;
  readonly project: Project;
  /** The word as far as it is typed. */
  readonly current: string;
  /** The words before it. */
  readonly before: readonly string[];
}

/** The names of its values, with dots; none where there is no file. */
async function keysOf(file: string): Promise<readonly string[]> {
  const bytes = readIfExists(file);
  if (bytes === undefined) return [];
  // Here and below: most of what is completed needs none of them, and a Tab must not wait.
  const { keysIn } = await import("./keys-in.ts");
  return keysIn(path.basename(file), bytes);
}

async function experimentNames({ project }: Asking): Promise<readonly string[]> {
  const refs = await listRefs(openExperiments(project).repository, ["refs/exps"]);
  return refs.flatMap(({ name }) => parseExperimentRef(name)?.name ?? []);
}

async function taskNames({ project }: Asking): Promise<readonly string[]> {
  const { listQueue, queuePrefix } = await import("../../experiments/queue/entries.ts");
  const context = openExperiments(project);
  const refs = await listRefs(context.repository, [queuePrefix]);
  return refs.length === 0 ? [] : (await listQueue(context)).entries.map(({ name }) => name);
}

async function stageNames({ io, project }: Asking): Promise<readonly string[]> {
  const { pipelineNamesAt } = await import("../../pipeline/reading/pipeline-at.ts");
  return (await pipelineNamesAt(project, io.cwd)).stages;
}

async function parameterKeys({ project }: Asking): Promise<readonly string[]> {
  return keysOf(path.join(project.root, "params.yaml"));
}

/** What a composed config has, where there is one; else, and beside it, the keys of params.yaml. */
async function overrideWords(asking: Asking): Promise<readonly string[]> {
  const { io, project, current, before } = asking;
  const { enabledPlace } = await import("../../config/project-place.ts");
  const place = enabledPlace(project, io.env);
  const composed =
    place === undefined ? [] : (await import("./composed-words.ts")).composedWords(place, current, before);
  const keys = current.includes("=") ? [] : (await parameterKeys(asking)).map((key) => `${key}=`);
  return [...composed, ...keys];
}

/** The metrics whose files lie in the workspace. */
async function metricWords({ project }: Asking): Promise<readonly string[]> {
  const { pipelineNamesAt } = await import("../../pipeline/reading/pipeline-at.ts");
  const { metrics: named } = await pipelineNamesAt(project, project.root);
  const files = named.filter((file) => /\.(json|ya?ml)$/.test(file) && !path.isAbsolute(file) && !file.includes(".."));
  return (await Promise.all(files.map((file) => keysOf(path.join(project.root, file))))).flat();
}

async function columnWords(asking: Asking): Promise<readonly string[]> {
  return [...(await metricWords(asking)), ...(await parameterKeys(asking))];
}

/** Those whose runs have a log, or had one. */
async function loggedNames(asking: Asking): Promise<readonly string[]> {
  return [...(await taskNames(asking)), ...(await experimentNames(asking))];
}

async function sweepIds({ project }: Asking): Promise<readonly string[]> {
  const { sweepIdsOf } = await import("../../experiments/find/sweep-ids.ts");
  return sweepIdsOf(openExperiments(project));
}

const readers: Readonly<Record<CompletionKind, (asking: Asking) => Promise<readonly string[]>>> = {
  experiments: experimentNames,
  tasks: taskNames,
  stages: stageNames,
  overrides: overrideWords,
  columns: columnWords,
  metrics: metricWords,
  logged: loggedNames,
  sweeps: sweepIds,
};

/** Throws as whoever reads the project does. */
export function completionValues(kind: CompletionKind, asking: Asking): Promise<readonly string[]> {
  return readers[kind](asking);
}
