/** What a shell may complete a word by, beside commands and options: names that the project has. Few processes, few files. */
import path from "node:path";
import { readIfExists } from "../../base/files.ts";
import { isMap } from "../../base/value.ts";
import { enabledPlace } from "../../config/project-place.ts";
import { queuePrefix } from "../../experiments/queue/entries.ts";
import { openExperiments, parseExperimentRef } from "../../experiments/repository.ts";
import { flattenMap } from "../../experiments/show/flatten.ts";
import { listRefs } from "../../git/refs.ts";
import { dataReader } from "../../params/data-file.ts";
import type { Project } from "../../project/project.ts";
import type { Io } from "../terminal/io.ts";

export type CompletionKind = "experiments" | "tasks" | "stages" | "overrides" | "columns" | "sweeps";

interface Asking {
  readonly io: Io;
  readonly project: Project;
  /** The word as far as it is typed. */
  readonly current: string;
  /** The words before it. */
  readonly before: readonly string[];
}

async function valuesOf(file: string) {
  const bytes = readIfExists(file);
  if (bytes === undefined) return undefined;
  const value = (await dataReader(file))({ path: path.basename(file), bytes });
  return isMap(value) ? value : undefined;
}

async function experimentNames({ project }: Asking): Promise<readonly string[]> {
  const refs = await listRefs(openExperiments(project).repository, ["refs/exps"]);
  return refs.flatMap(({ name }) => parseExperimentRef(name)?.name ?? []);
}

async function taskNames({ project }: Asking): Promise<readonly string[]> {
  const { listQueue } = await import("../../experiments/queue/entries.ts");
  const context = openExperiments(project);
  const refs = await listRefs(context.repository, [queuePrefix]);
  return refs.length === 0 ? [] : (await listQueue(context)).entries.map(({ name }) => name);
}

async function stageNames({ io, project }: Asking): Promise<readonly string[]> {
  const { pipelineNamesAt } = await import("../../pipeline/reading/pipeline-at.ts");
  return (await pipelineNamesAt(project, io.cwd)).stages;
}

async function parameterKeys({ project }: Asking): Promise<readonly string[]> {
  const values = await valuesOf(path.join(project.root, "params.yaml"));
  return values === undefined ? [] : [...flattenMap(values).keys()];
}

/** What a composed config has, where there is one; else, and beside it, the keys of params.yaml. */
async function overrideWords(asking: Asking): Promise<readonly string[]> {
  const { io, project, current, before } = asking;
  const place = enabledPlace(project, io.env);
  const composed =
    place === undefined ? [] : (await import("./composed-words.ts")).composedWords(place, current, before);
  const keys = current.includes("=") ? [] : (await parameterKeys(asking)).map((key) => `${key}=`);
  return [...composed, ...keys];
}

/** Parameters, and the metrics that lie in the workspace under the names that are most used. */
async function columnWords(asking: Asking): Promise<readonly string[]> {
  const { project } = asking;
  const { pipelineNamesAt } = await import("../../pipeline/reading/pipeline-at.ts");
  const { metrics: named } = await pipelineNamesAt(project, project.root);
  const files = named.filter((file) => /\.(json|ya?ml)$/.test(file) && !path.isAbsolute(file) && !file.includes(".."));
  const metrics = await Promise.all(files.map((file) => valuesOf(path.join(project.root, file))));
  const names = metrics.flatMap((values) => (values === undefined ? [] : [...flattenMap(values).keys()]));
  return [...names, ...(await parameterKeys(asking))];
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
  sweeps: sweepIds,
};

/** Throws as whoever reads the project does. */
export function completionValues(kind: CompletionKind, asking: Asking): Promise<readonly string[]> {
  return readers[kind](asking);
}
