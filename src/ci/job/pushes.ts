/**
 * What a job has goes to the remotes while its points run, so that what another job, in another clone, has to run again is little:
 * the first checkpoint at once, then checkpoints and results that came since, at most every so often. Data goes first. A ref of
 * checkpoints that somebody else moved is moved again at the next turn: who pushes last counts, since each chain is whole.
 */
import { SweeplineError } from "../../base/errors.ts";
import { type DataFlags, dataRequest, pushData, type TransferEvents } from "../../experiments/share/data.ts";
import { dataNotPushed } from "../../experiments/share/push.ts";
import type { ObjectId, RefName } from "../../git/ids.ts";
import { listRemoteRefs, type PushOutcome, pushRefs } from "../../git/remote.ts";
import { listedAt, type PointScope } from "../gather.ts";
import type { PlanPoint } from "../plan.ts";
import { checkpointRef, failureRef, resultRef } from "../plan-refs.ts";
import { publishResults } from "../publish.ts";
import type { EarlierCheckpoints, JobOutlet } from "./outlet.ts";
import { RepeatedWork } from "./repeated-work.ts";

export interface PushOptions extends Pick<PointScope, "context" | "plan" | "points"> {
  readonly remote: string;
  readonly data: DataFlags;
  /** Points whose results are for the end of the job. */
  readonly later: ReadonlySet<PlanPoint>;
  /** From the end of one push to the next. */
  readonly everyMs: number;
  warn(message: string): void;
}

const silent: Pick<TransferEvents, "warn" | "progress"> = { warn: () => undefined, progress: () => undefined };

export class JobPushes implements JobOutlet {
  /** The plan's refs as the remote had them when we looked or pushed last. */
  readonly there: Map<RefName, ObjectId>;
  /** Checkpoints that are to be pushed. */
  private readonly latest = new Map<PlanPoint, ObjectId>();
  /** Results that are to be pushed. */
  private readonly done = new Map<PlanPoint, ObjectId>();
  /** Up to where the data is in the storage remote. */
  private readonly stored = new Map<PlanPoint, ObjectId>();
  private readonly byName: ReadonlyMap<string, PlanPoint>;
  private readonly turns: RepeatedWork;
  private files = 0;
  private results = 0;

  constructor(
    private readonly options: PushOptions,
    there: ReadonlyMap<RefName, ObjectId>,
  ) {
    this.there = new Map(there);
    this.byName = new Map(options.points.map((point) => [point.name, point]));
    this.turns = new RepeatedWork({
      everyMs: options.everyMs,
      warn: (message) => options.warn(`nothing is pushed for now: ${message}`),
      work: async () => {
        await this.pushCheckpoints();
        await this.pushResults();
      },
      isDue: () => this.latest.size > 0 || this.done.size > 0,
    });
  }

  async withEarlier(points: readonly PlanPoint[], work: (earlier: EarlierCheckpoints) => Promise<void>): Promise<void> {
    const { plan, remote } = this.options;
    const listed = listedAt(points, this.there, (point) => checkpointRef(plan, point));
    if (listed.length > 0) await work({ place: "the remote", source: remote, listed, storage: undefined });
  }

  registered(name: string, commit: ObjectId): void {
    const point = this.byName.get(name);
    if (point === undefined) return;
    this.latest.set(point, commit);
    this.turns.ask("at once");
  }

  /** A short job pushes all of them at its end. */
  finished(name: string, commit: ObjectId): void {
    const point = this.byName.get(name);
    if (point === undefined || this.options.later.has(point)) return;
    this.latest.delete(point);
    this.done.set(point, commit);
    this.turns.ask("in time");
  }

  /** What was pushed so far, but for what flush() pushes. */
  get pushed(): { readonly points: number; readonly files: number } {
    return { points: this.results, files: this.files };
  }

  goesOnFrom(point: PlanPoint, commit: ObjectId): void {
    this.stored.set(point, commit);
  }

  close(): Promise<void> {
    return this.turns.close();
  }

  /** Pushes what the remote lacks of these points. Errors: GIT_REMOTE_FAILED, TRANSFER_FAILED, those of a remote that says no. */
  async flush(points: readonly PlanPoint[]): Promise<void> {
    for (const point of this.latest.keys()) if (!points.includes(point)) this.latest.delete(point);
    await this.pushCheckpoints();
    if (this.latest.size > 0) await this.pushCheckpoints();
  }

  private async pushCheckpoints(): Promise<void> {
    const pushing = [...this.latest];
    if (pushing.length === 0) return;
    await this.pushData(pushing);
    const { context, plan, remote } = this.options;
    const changes = pushing.map(([point, to]) => {
      const ref = checkpointRef(plan, point);
      return { ref, to, expected: this.there.get(ref) };
    });
    const outcomes = await pushRefs(context.repository, { remote, changes, scratchFolder: context.state.scratch });
    const stale: RefName[] = [];
    for (const [at, { ref, to }] of changes.entries()) {
      const outcome = outcomes.get(ref);
      const [point, commit] = pushing[at] ?? [];
      if (outcome?.kind === "stale") stale.push(ref);
      if (outcome?.kind !== "pushed") continue;
      this.there.set(ref, to);
      if (point !== undefined && this.latest.get(point) === commit) this.latest.delete(point);
    }
    if (stale.length > 0) await this.lookAgain(stale);
    refuseDenied(outcomes.values());
  }

  private async pushData(pushing: readonly (readonly [PlanPoint, ObjectId])[]): Promise<void> {
    const { context, plan, data: flags } = this.options;
    const asked = dataRequest(context.project, flags, silent);
    if (asked === undefined) return;
    const ends = pushing.map(([point, commit]) => ({ commit, baseline: this.stored.get(point) ?? plan.baseline }));
    const data = await pushData(context, ends, asked);
    if (data.failed.length > 0) throw dataNotPushed(data);
    this.files += data.transferred;
    for (const [point, commit] of pushing) this.stored.set(point, commit);
  }

  private async pushResults(): Promise<void> {
    const { context, plan, remote, data: flags } = this.options;
    const results = [...this.done].map(([point, commit]) => ({ point, ref: resultRef(plan, point), commit }));
    if (results.length === 0) return;
    const asked = dataRequest(context.project, flags, silent);
    const data = asked === undefined ? undefined : { ...asked, damaged: "replace" as const };
    const request = { plan, remote, results, failures: [], there: this.there, data, redone: new Set<string>() };
    const { pushed, files } = await publishResults(context, request);
    this.results += pushed;
    this.files += files;
    for (const { point, commit } of results) {
      if (this.done.get(point) === commit) this.done.delete(point);
      for (const ref of [failureRef(plan, point), checkpointRef(plan, point)]) this.there.delete(ref);
    }
  }

  private async lookAgain(refs: readonly RefName[]): Promise<void> {
    const { context, remote } = this.options;
    const listed = new Map((await listRemoteRefs(context.repository, remote, refs)).map(({ name, id }) => [name, id]));
    for (const ref of refs) {
      const id = listed.get(ref);
      if (id === undefined) this.there.delete(ref);
      else this.there.set(ref, id);
    }
  }
}

function refuseDenied(outcomes: Iterable<PushOutcome>): void {
  for (const outcome of outcomes)
    if (outcome.kind === "refused")
      throw new SweeplineError({
        code: outcome.why === "denied" ? "PUSH_DENIED" : "PUSH_REFUSED",
        message: `the Git remote refused them: ${outcome.reason}`,
      });
}
