/**
 * Live updates of one run of experiments: `start` and `done` as real DVC sends them around each one (its
 * repo/experiments/executor/base.py), and `data` where stages write metrics of their own. A DVCLive in a stage sends its data
 * itself: that is not told twice.
 */
import { SweeplineError } from "../../base/errors.ts";
import { Sequence } from "../../base/promises.ts";
import { isMap, toPlain, type Value } from "../../base/value.ts";
import type { ObjectId } from "../../git/ids.ts";
import { parseCommit } from "../../git/objects.ts";
import { folderInGit } from "../../project/in-git.ts";
import {
  loadRevisions,
  openReaders,
  openReading,
  readWorkspace,
  type SharedReading,
} from "../reading/load-revisions.ts";
import type { ExperimentData, FileResult } from "../reading/types.ts";
import { parseEntryMessage } from "../record.ts";
import type { ExperimentsContext } from "../repository.ts";
import { StudioSender } from "./studio-sender.ts";
import { type StudioAsked, type StudioSettings, studioEnvironment, studioSettings } from "./studio-settings.ts";

export interface LiveExperiment {
  readonly name: string;
  readonly baseline: ObjectId;
  /** Where its parameters are read: the commit of an entry, or the user's files. */
  readonly from: ObjectId | "workspace";
  /** -m; of an entry it is known. */
  readonly message?: string | undefined;
}

const request = { kind: "tracked", params: "all" } as const;

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

/** What was read stays at hand for the next commits, most of which differ in a parameter; so often, and it begins anew. */
const readsOfOne = 200;

/** Reads commits one after the other, by one process of Git that is started for the first. */
class CommitReader {
  #reading: SharedReading | undefined;
  #reads = 0;
  readonly #turns = new Sequence();

  constructor(private readonly context: ExperimentsContext) {}

  read<T>(work: (reading: SharedReading) => Promise<T>): Promise<T> {
    return this.#turns.add(async () => work(await this.#open()));
  }

  async #open(): Promise<SharedReading> {
    if (this.#reads++ % readsOfOne === 0) this.#close();
    this.#reading ??= await openReading(this.context, request);
    return this.#reading;
  }

  #close(): void {
    this.#reading?.close();
    this.#reading = undefined;
  }

  /** Once what is being read is there. */
  async close(): Promise<void> {
    await this.#turns.settled();
    this.#close();
  }
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
    await this.#sender.close();
    await this.#commits.close();
  }

  #common(type: "start" | "data" | "done", { name, baseline }: LiveExperiment) {
    return { type, repo_url: this.settings.repoUrl, baseline_sha: baseline, name, client: "dvc" };
  }

  async #read(from: ObjectId | "workspace"): Promise<{ readonly data?: ExperimentData; readonly message?: string }> {
    if (from === "workspace") {
      const { project } = this.context;
      const { data } = await readWorkspace(project, await openReaders(project), request);
      return data === null ? {} : { data };
    }
    return this.#commits.read(async (reading) => {
      const object = await reading.objects.read(from);
      const message = object?.type === "commit" ? messageOf(parseCommit(object.content).message) : undefined;
      const data = (await loadRevisions([from], reading)).get(from)?.data ?? undefined;
      return { ...(data === undefined ? {} : { data }), ...(message === undefined ? {} : { message }) };
    });
  }
}

/** -m of an entry. */
function messageOf(text: string): string | undefined {
  try {
    return parseEntryMessage(text).record.message;
  } catch (error) {
    if (error instanceof SweeplineError && error.code === "ENTRY_BROKEN") return undefined;
    throw error;
  }
}

/** undefined: nobody is logged in, or all is off. */
export async function openStudioRun(context: ExperimentsContext, asked: StudioAsked): Promise<StudioRun | undefined> {
  const settings = await studioSettings(context, asked);
  return settings === undefined ? undefined : new StudioRun(context, settings, asked);
}
