/**
 * What earlier rounds of a search came to. Nothing is kept of a round: it is told by the experiments and failures that jobs left
 * in the remote, or here. Each says itself which point it is of; what it says is checked as `collect` checks results of a plan.
 */
import { SweeplineError } from "../base/errors.ts";
import { isRecord, isTexts, parseJson } from "../base/json.ts";
import { parseFacts } from "../experiments/record.ts";
import { type ExperimentsContext, experimentRef } from "../experiments/repository.ts";
import { CatFile, type GitObject } from "../git/catfile.ts";
import { type ParsedCommit, parseCommit } from "../git/objects.ts";
import { listRefs, type Ref } from "../git/refs.ts";
import { fetchObjects, listRemoteRefs } from "../git/remote.ts";
import type { SearchTrial } from "../run/search/trials.ts";
import type { ExpandOptions } from "../sweep/expand.ts";
import type { OverrideAt, SearchSpace } from "../sweep/space.ts";
import { statesOfPoints, takeResults } from "./gather.ts";
import { nameOf, overrideWord, type PlanFacts, type PlanPoint, pointSetBy, type SweepPlan } from "./plan.ts";
import { readPlanPoint } from "./plan-points.ts";
import { planPatterns } from "./plan-refs.ts";

export interface SearchScope {
  readonly context: ExperimentsContext;
  /** What all rounds of the search share. */
  readonly facts: Omit<PlanFacts, "points">;
  readonly space: SearchSpace;
  readonly options: ExpandOptions;
}

export interface EndedPoint extends SearchTrial {
  readonly name: string;
  readonly state: "finished" | "failed";
}

export interface EndedTrials {
  /** In their order. */
  readonly ended: readonly EndedPoint[];
  /** Positions whose names have experiments that are no results of the search. */
  readonly taken: readonly number[];
}

/** A point as a ref says that it was. */
interface Claim {
  readonly point: PlanPoint;
  readonly overrides: readonly OverrideAt[];
}

/** More trials than a search has. */
const mostTrials = 1_000_000;

/** The position of a point's name; undefined of other names. */
function positionOf(facts: SearchScope["facts"], name: string): number | undefined {
  const found = /-(\d{1,7})$/.exec(name)?.[1];
  const position = facts.name === undefined ? Number(found) : Number(found) - 1;
  return position >= 0 && position < mostTrials && nameOf(facts, position) === name ? position : undefined;
}

/** A ref that says what became of a trial. */
interface TrialRef {
  readonly ref: Ref;
  readonly kind: "result" | "failure";
  readonly position: number;
}

/** Those of the search among refs. */
function trialRefs({ facts }: SearchScope, refs: readonly Ref[]): readonly TrialRef[] {
  const results = experimentRef(facts.baseline, "");
  const failed = new RegExp(`^refs/sweeps/${facts.sweep}/failed/(\\d{1,7})$`);
  return refs.flatMap((ref): readonly TrialRef[] => {
    if (ref.name.startsWith(results)) {
      const position = positionOf(facts, ref.name.slice(results.length));
      return position === undefined ? [] : [{ ref, kind: "result", position }];
    }
    const position = Number(failed.exec(ref.name)?.[1]);
    return position < mostTrials ? [{ ref, kind: "failure", position }] : [];
  });
}

function isOfSpace({ space }: SearchScope, overrides: readonly OverrideAt[]): boolean {
  return space.sharesOf(overrides) !== undefined;
}

function claimOfResult(scope: SearchScope, position: number, commit: ParsedCommit): Claim | undefined {
  const facts = parseFacts(commit);
  if (facts?.sweep !== scope.facts.sweep || facts.point !== position) return undefined;
  if (!isOfSpace(scope, facts.overrides)) return undefined;
  const { overrides } = facts;
  return { point: pointSetBy(scope.facts, position, overrides.map(overrideWord)), overrides };
}

function claimOfFailure(scope: SearchScope, position: number, text: string): Claim | undefined {
  const record = parseJson(text);
  if (!isRecord(record) || !isTexts(record.set)) return undefined;
  const point = pointSetBy(scope.facts, position, record.set);
  if (record.id !== point.id) return undefined;
  try {
    const { overrides } = readPlanPoint(point, scope.options);
    return isOfSpace(scope, overrides) ? { point, overrides } : undefined;
  } catch (error) {
    // A stranger's texts.
    if (error instanceof SweeplineError) return undefined;
    throw error;
  }
}

interface Claims {
  readonly byPosition: ReadonlyMap<number, Claim>;
  /** Positions whose names are in use. */
  readonly named: ReadonlySet<number>;
}

function claimOf(scope: SearchScope, { kind, position }: TrialRef, object: GitObject | undefined): Claim | undefined {
  if (kind === "failure")
    return object?.type === "blob" ? claimOfFailure(scope, position, object.content.toString()) : undefined;
  return object?.type === "commit" ? claimOfResult(scope, position, parseCommit(object.content)) : undefined;
}

/** @param refs results before failures, and those of here before those of the remote: the first one counts */
async function readClaims(scope: SearchScope, refs: readonly TrialRef[]): Promise<Claims> {
  const byPosition = new Map<number, Claim>();
  const named = new Set(refs.flatMap(({ kind, position }) => (kind === "result" ? [position] : [])));
  const objects = new CatFile(scope.context.repository);
  try {
    const found = await objects.readAll(
      refs.map(({ kind, ref }) => (kind === "result" ? ref.id : `${ref.id}:record.json`)),
    );
    for (const [at, trial] of refs.entries()) {
      const claim = byPosition.has(trial.position) ? undefined : claimOf(scope, trial, found[at]);
      if (claim !== undefined) byPosition.set(trial.position, claim);
    }
  } finally {
    objects.close();
  }
  return { byPosition, named };
}

async function findClaims(scope: SearchScope, source: string | undefined): Promise<Claims> {
  const { repository } = scope.context;
  const patterns = planPatterns({ ...scope.facts, v: 1, points: [] });
  const here = await listRefs(
    repository,
    patterns.map((pattern) => pattern.slice(0, -2)),
  );
  const listed = source === undefined ? [] : await listRemoteRefs(repository, source, patterns);
  const there = trialRefs(scope, listed);
  if (source !== undefined)
    await fetchObjects(
      repository,
      source,
      there.map(({ ref }) => ref),
    );
  const refs = [...trialRefs(scope, here), ...there];
  const ofKind = (kind: TrialRef["kind"]) => refs.filter((ref) => ref.kind === kind);
  return readClaims(scope, [...ofKind("result"), ...ofKind("failure")]);
}

/**
 * Brings what a Git remote has of the search here, and answers which trials have ended.
 * @param source undefined: only what is here counts. Errors: GIT_REMOTE_FAILED, REFS_REFUSED.
 */
export async function endedTrials(scope: SearchScope, source: string | undefined): Promise<EndedTrials> {
  const { context, facts } = scope;
  const { byPosition, named } = await findClaims(scope, source);
  const claims = [...byPosition.values()].sort((a, b) => a.point.i - b.point.i);
  const points = claims.map(({ point }) => point);
  const { sweep, baseline, run } = facts;
  const plan: SweepPlan = { v: 1, sweep, baseline, run, points };
  const taken = source === undefined ? undefined : await takeResults({ context, plan, points }, source);
  const states = await statesOfPoints({ context, plan, points }, taken?.sound);
  const ended = claims.flatMap(({ point, overrides }, at): EndedPoint[] => {
    const kind = states[at]?.kind;
    if (kind !== "done" && kind !== "failed") return [];
    return [{ number: point.i, name: point.name, overrides, state: kind === "done" ? "finished" : "failed" }];
  });
  const sound = new Set(ended.map(({ number }) => number));
  return { ended, taken: [...named].filter((position) => !sound.has(position)) };
}
