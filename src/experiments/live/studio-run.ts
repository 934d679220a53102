/**
 * Live updates of one run of experiments: `start` and `done` as real DVC sends them around each one (its
 * repo/experiments/executor/base.py), and `data` where stages write metrics of their own. A DVCLive in a stage sends its data
 * itself: that is not told twice.
 */
import { isMap, toPlain, type Value } from "../../base/value.ts";
import type { ObjectId } from "../../git/ids.ts";
import { folderInGit } from "../../project/in-git.ts";
import { openReaders, readWorkspace } from "../reading/load-revisions.ts";
import type { ExperimentData, FileResult } from "../reading/types.ts";
import type { ExperimentsContext } from "../repository.ts";
import { CommitReader, everyValue, type ReadCommit } from "./commit-reader.ts";
import { StudioSender } from "./studio-sender.ts";
import { type StudioAsked, type StudioSettings, studioEnvironment } from "./studio-settings.ts";

export interface LiveExperiment {
  readonly name: string;
  readonly baseline: ObjectId;
  /** Where its parameters are read: the commit of an entry, or the user's files. */
  readonly from: ObjectId | "workspace";
  /** -m; of an entry it is known. */
  readonly message?: string | undefined;
}

/** NaN and infinities as texts, as DVCLive sends them. */
function plain(value: Value): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (isMap(value)) return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]));
  return toPlain(value);
}

function paramsOf({ params }: ExperimentData): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...params].flatMap(([file, result]) => (result.kind === "data" ? [[file, plain(result.data)]] : [])),
  );
}

function metricOf(result: FileResult) {
  return result.kind === "data" ? { data: plain(result.data) } : { error: { cls: result.type, text: result.message } };
}

function metricsOf({ metrics }: ExperimentData): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...metrics].map(([file, result]) => [file, metricOf(result)]));
}

/** A field that has something in it. */
function field(name: string, value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.keys(value).length === 0 ? {} : { [name]: value };
}

interface Told {
  readonly experiment: LiveExperiment;
  /** Its metrics files. */
  files: readonly string[];
  step: number;
}

export class StudioRun {
  readonly #sender: StudioSender;
  readonly #commits: CommitReader;
  readonly #told = new Map<string, Told>();

  constructor(
    private readonly context: ExperimentsContext,
    private readonly settings: StudioSettings,
    asked: StudioAsked,
  ) {
    this.#sender = new StudioSender(settings, asked);
    this.#commits = new CommitReader(context);
  }

  /** For the stages. */
  get environment(): Readonly<Record<string, string>> {
    return studioEnvironment(this.settings);
  }

  started(experiment: LiveExperiment): void {
    const told: Told = { experiment, files: [], step: 0 };
    this.#told.set(experiment.name, told);
    this.#sender.send(experiment.name, async () => {
      const read = await this.#read(experiment.from);
      told.files = [...(read.data?.metrics.keys() ?? [])];
      const message = experiment.message ?? read.message;
      const subdir = folderInGit(this.context.project);
      return {
        ...this.#common("start", experiment),
        ...(read.data === undefined ? {} : field("params", paramsOf(read.data))),
        ...(message === undefined ? {} : { message: [...message].slice(0, 72).join("") }),
        ...(subdir === "" ? {} : { subdir }),
      };
    });
  }

  /** What its stages have written so far. */
  wrote(name: string, metrics: ReadonlyMap<string, Value>): void {
    const told = this.#told.get(name);
    // DVCLive's files hold its step.
    if (told === undefined || [...metrics.keys()].some((key) => /(?:^|:)step$/.test(key))) return;
    this.#sender.send(name, async () => {
      const files = new Map<string, Record<string, unknown>>();
      for (const [key, value] of metrics) {
        const file = told.files.find((each) => key.startsWith(`${each}:`));
        const [place, own] =
          file === undefined ? [told.files[0] ?? "metrics", key] : [file, key.slice(file.length + 1)];
        const data = files.get(place) ?? {};
        data[own] = plain(value);
        files.set(place, data);
      }
      const written = Object.fromEntries([...files].map(([file, data]) => [file, { data }]));
      return { ...this.#common("data", told.experiment), step: told.step++, ...field("metrics", written) };
    });
  }

  /** @param commit what came out of it; undefined: nothing */
  ended(name: string, commit: ObjectId | undefined): void {
    const told = this.#told.get(name);
    if (told === undefined) return;
    this.#told.delete(name);
    this.#sender.send(name, async () => {
      const read = commit === undefined ? undefined : (await this.#read(commit)).data;
      return {
        ...this.#common("done", told.experiment),
        ...(commit === undefined ? {} : { experiment_rev: commit }),
        ...(read === undefined ? {} : field("metrics", metricsOf(read))),
      };
    });
  }

  async close(): Promise<void> {
    this.#commits.hurry();
    await this.#sender.close();
    await this.#commits.close();
  }

  #common(type: "start" | "data" | "done", { name, baseline }: LiveExperiment) {
    return { type, repo_url: this.settings.repoUrl, baseline_sha: baseline, name, client: "dvc" };
  }

  async #read(from: ObjectId | "workspace"): Promise<ReadCommit> {
    if (from !== "workspace") return this.#commits.read(from);
    const { project } = this.context;
    const { data } = await readWorkspace(project, await openReaders(project), everyValue);
    return data === null ? {} : { data };
  }
}
