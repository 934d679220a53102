/** Curves of the page: of the newest finished experiments from their plots, of running ones from what they wrote so far. */
import type { FilterRow } from "../experiments/find/filter-row.ts";
import { plotsOfCommits } from "../experiments/plots/collect.ts";
import type { Baseline } from "../experiments/reading/types.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { newestFinished } from "../experiments/show/newest.ts";
import type { ObjectId } from "../git/ids.ts";
import type { PageCurve, PageRow } from "../report/page/contract.ts";
import { checkpointCurves, plotCurves } from "../report/page/curves.ts";
import type { PageUpdate } from "../report/page/live-contract.ts";
import { type Running, RunningCurves } from "./running.ts";

export type CurveChanges = NonNullable<PageUpdate["curves"]>;

export class LiveCurves {
  readonly #now = new RunningCurves();
  readonly #read = new Set<ObjectId>();
  readonly #shown = new Map<string, readonly PageCurve[]>();

  constructor(private readonly context: ExperimentsContext) {}

  get all(): readonly PageCurve[] {
    return [...this.#shown.values()].flat();
  }

  /** Of those that run. Also forgets those of rows that are gone. */
  look(rows: readonly PageRow[], running: Running): CurveChanges {
    const now = new Map(
      rows.flatMap(({ id, commit, state }) => {
        const found = state === "running" ? running.get(commit) : undefined;
        return found === undefined ? [] : [[id, found] as const];
      }),
    );
    const ids = new Set(rows.map(({ id }) => id));
    for (const id of this.#shown.keys()) if (!ids.has(id)) this.#shown.delete(id);
    return this.#set(this.#now.look(now));
  }

  /** Of those that have finished since the last call. Errors: those of `plots diff`. */
  async readFinished(baselines: readonly Baseline[], rows: ReadonlyMap<string, FilterRow>): Promise<CurveChanges> {
    const wanted = new Set(newestFinished(baselines));
    const missing = [...wanted].filter((commit) => !this.#read.has(commit));
    for (const commit of this.#read) if (!wanted.has(commit)) this.#read.delete(commit);
    const idOf = new Map([...rows].map(([id, { facts }]) => [facts.commit, id]));
    const plots = plotCurves(await plotsOfCommits(this.context, missing), idOf);
    const fresh = [...rows.values()].filter(({ facts }) => (missing as readonly string[]).includes(facts.commit));
    const chains = checkpointCurves(fresh, ({ facts }) => idOf.get(facts.commit) ?? "");
    return this.#set(
      missing.flatMap((commit) => {
        const id = idOf.get(commit);
        const curves = [...plots, ...chains].filter((curve) => curve.id === id);
        this.#read.add(commit);
        return id === undefined ? [] : [{ id, curves }];
      }),
    );
  }

  #set(changes: CurveChanges): CurveChanges {
    const news = changes.filter(({ id, curves }) => curves.length > 0 || this.#shown.has(id));
    for (const { id, curves } of news) {
      if (curves.length > 0) this.#shown.set(id, curves);
      else this.#shown.delete(id);
    }
    return news;
  }
}
