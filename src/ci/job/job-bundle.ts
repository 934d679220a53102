/**
 * What a job that may not push has, in files that the CI system keeps: the bundle with results, and beside it a file of `exp bundle`
 * with the checkpoints of points that have none, and the data of the last ones. Both are written anew while points run, whole or not at
 * all, so that a job that is given them goes on from them.
 */
import path from "node:path";
import { isSystemError, SweeplineError } from "../../base/errors.ts";
import { lstatIfExists, removeFile, statSync } from "../../base/files.ts";
import type { NamedFile } from "../../base/named-file.ts";
import { findChain } from "../../experiments/checkpoints/chain.ts";
import { listQueue } from "../../experiments/queue/entries.ts";
import { checkpointMark } from "../../experiments/record.ts";
import type { FinishedExperiment } from "../../experiments/results/finished.ts";
import { bundleExperiments, withBundle } from "../../experiments/share/bundle.ts";
import { checkBundle } from "../../experiments/share/git-bundle.ts";
import { listRemoteRefs } from "../../git/remote.ts";
import { bundleRefused, checkpointFile, writeBundle } from "../bundles.ts";
import { listedAt, statesOfPoints, type Taken, takeResults } from "../gather.ts";
import type { PlanPoint } from "../plan.ts";
import { failureRef, planPatterns, resultRef } from "../plan-refs.ts";
import type { Job } from "./job.ts";
import type { EarlierCheckpoints, JobOutlet } from "./outlet.ts";
import { RepeatedWork } from "./repeated-work.ts";

const none: Taken["sound"] = new Map();

/** Takes what an earlier job with the same bundle wrote into it. One that can't be read is written anew. */
export async function takeBundled(job: Job, bundle: NamedFile): Promise<Taken["sound"]> {
  const file = path.normalize(bundle.path);
  if (lstatIfExists(file)?.isFile() !== true) return none;
  try {
    checkBundle(file);
    return (await takeResults(job, file)).sound;
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    job.events.warn(`'${bundle.shown}' is written anew: it can't be read: ${error.message}`);
    return none;
  }
}

export class JobBundle implements JobOutlet {
  private readonly checkpoints: NamedFile;
  /** Those that may have checkpoints. */
  private readonly begun = new Set<PlanPoint>();
  private readonly repeated: RepeatedWork;
  private readonly kind: "file" | "device";
  private changes = 0;
  /** How many of the changes are in the files. */
  private kept = 0;

  constructor(
    private readonly job: Job,
    private readonly file: NamedFile,
  ) {
    this.checkpoints = checkpointFile(file);
    this.kind = (statSync(path.normalize(file.path), { throwIfNoEntry: false })?.isFile() ?? true) ? "file" : "device";
    this.repeated = new RepeatedWork({
      everyMs: job.request.pushEveryMs,
      warn: (message) => job.events.warn(`nothing is bundled for now: ${message}`),
      work: async () => {
        const { changes } = this;
        await this.write();
        await this.writeCheckpoints();
        this.kept = changes;
      },
      isDue: () => this.kept < this.changes,
    });
  }

  async withEarlier(points: readonly PlanPoint[], work: (earlier: EarlierCheckpoints) => Promise<void>): Promise<void> {
    const { job, checkpoints } = this;
    const { context, plan } = job;
    if (this.kind === "device" || lstatIfExists(path.normalize(checkpoints.path)) === undefined) return;
    try {
      await withBundle(context, checkpoints, async ({ remote, storage }) => {
        const refs = await listRemoteRefs(context.repository, remote, planPatterns(plan));
        const ids = new Map(refs.map(({ name, id }) => [name, id]));
        const listed = listedAt(points, ids, (point) => resultRef(plan, point));
        if (listed.length > 0) await work({ place: "the bundle", source: remote, listed, storage });
      });
    } catch (error) {
      if (!(error instanceof SweeplineError)) throw error;
      job.events.warn(`'${checkpoints.shown}' is written anew: it can't be read: ${error.message}`);
    }
  }

  registered(name: string): void {
    this.changed(name, "at once");
  }

  finished(name: string): void {
    this.changed(name, "in time");
  }

  goesOnFrom(point: PlanPoint): void {
    this.begun.add(point);
  }

  close(): Promise<void> {
    return this.repeated.close();
  }

  /** Writes results, and why points failed; answers how many there are. Errors: BUNDLE_REFUSED, those of Git. */
  async write(): Promise<number> {
    const { job, file } = this;
    const states = await statesOfPoints(job);
    const refs = job.points.flatMap((point, at) => {
      const kind = states[at]?.kind;
      return kind === "done" ? [resultRef(job.plan, point)] : kind === "failed" ? [failureRef(job.plan, point)] : [];
    });
    await writeBundle(job.context, file, { plan: job.plan, refs });
    return refs.length;
  }

  /** Errors: BUNDLE_REFUSED, TRANSFER_FAILED. */
  async writeCheckpoints(): Promise<void> {
    const { checkpoints } = this;
    if (this.kind === "device") return;
    try {
      const experiments = await this.chains();
      if (experiments.length === 0) removeFile(path.normalize(checkpoints.path));
      else await this.bundle(experiments);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw bundleRefused(checkpoints.shown, String(error.code), error);
    }
  }

  private async bundle(experiments: readonly FinishedExperiment[]): Promise<void> {
    const { context, request } = this.job;
    const { jobs, cache } = request.data;
    await bundleExperiments(context, this.checkpoints, {
      experiments,
      history: "since baselines",
      data: cache ? "last" : "without",
      jobs,
      progress: () => undefined,
    });
  }

  /** Of points without a result, the checkpoints that they have here. */
  private async chains(): Promise<readonly FinishedExperiment[]> {
    if (this.begun.size === 0) return [];
    const { context, plan } = this.job;
    const { baseline, sweep } = plan;
    const entries = (await listQueue(context)).entries.filter(
      (entry) => entry.baseline === baseline && entry.record.sweep === sweep,
    );
    const byName = new Map(entries.map((entry) => [entry.name, entry]));
    const found: FinishedExperiment[] = [];
    for (const point of this.begun) {
      const entry = byName.get(point.name);
      const chain = entry && (await findChain(context.repository, entry, checkpointMark(entry)));
      // Under another name nobody would look for it.
      if (chain?.name !== point.name) continue;
      found.push({ ref: resultRef(plan, point), baseline, name: point.name, commit: chain.commit });
    }
    return found;
  }

  private changed(name: string, first: "at once" | "in time"): void {
    const point = this.job.points.find((each) => each.name === name);
    if (point === undefined || this.kind === "device") return;
    if (first === "at once") this.begun.add(point);
    this.changes++;
    this.repeated.ask(first);
  }
}
