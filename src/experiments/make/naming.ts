/** Which points are new, and what they are called. Pure: identity first, names second. */
import { SweeplineError } from "../../base/errors.ts";
import { checkName, isNumbered, type NameChoice, nextNumber } from "../names.ts";
import { randomName } from "../random-names.ts";

/** Something that has a name on this baseline already. */
export interface KnownExperiment {
  readonly name: string;
  readonly identity: string;
  readonly state: "queued" | "failed" | "done";
  /** Of a queued or failed one. */
  readonly sequence?: number;
  /** Of a failed one: its worker or the process that ran it was lost, which says nothing about the point. */
  readonly failure?: "lost";
}

export interface NamingRequest {
  /** One a point, in order. */
  readonly identities: readonly string[];
  /** -n */
  readonly name: string | undefined;
  /** A sweep's names are numbered: grid-1, grid-2. */
  readonly numbered: boolean;
  /** One a point, chosen before: of a plan. Then equal points are not left out, since each has its own name. */
  readonly names?: readonly string[];
  readonly known: readonly KnownExperiment[];
  /** A point that is queued or done already: leave it, make it again in its place (--force), or do not look. */
  readonly samePoint: "skip" | "replace" | "ignore";
  /** A given name that another point has. */
  readonly takenName: "refuse" | "replace";
  /** A point that failed before: queue it again, or only report it, unless its run was lost. */
  readonly failedBefore: "queue" | "report";
  randomName(isTaken: (name: string) => boolean): string;
}

export type NamedPoint =
  | {
      readonly kind: "new";
      readonly index: number;
      readonly name: string;
      /** Takes the place of what has that name. */
      readonly replaces?: KnownExperiment;
    }
  | { readonly kind: "known"; readonly index: number; readonly known: KnownExperiment }
  /** The same point as an earlier one of this request. */
  | { readonly kind: "repeated"; readonly index: number };

/** One row a point, in order. Throws NAME_TAKEN or BAD_NAME before anything is queued. */
export function namePoints(request: NamingRequest): readonly NamedPoint[] {
  if (request.name !== undefined) checkName(request.name);
  const byIdentity = new Map<string, KnownExperiment>();
  // A finished or queued experiment of that identity counts more than a failed one.
  for (const known of request.samePoint === "ignore" ? [] : request.known)
    if (known.state !== "failed" || !byIdentity.has(known.identity)) byIdentity.set(known.identity, known);
  const names = nameSource(request);
  const seen = new Set<string>();
  return request.identities.map((identity, index) => {
    if (seen.has(identity) && request.names === undefined) return { kind: "repeated", index };
    seen.add(identity);
    const known = byIdentity.get(identity);
    if (known === undefined) return { kind: "new", index, ...names(index) };
    const mayFailAgain = request.failedBefore === "queue" || known.failure === "lost";
    const again = request.samePoint === "replace" || (known.state === "failed" && mayFailAgain);
    if (!again) return { kind: "known", index, known };
    const replaces = inPlace(request, known);
    return replaces === undefined
      ? { kind: "new", index, ...names(index) }
      : { kind: "new", index, name: replaces.name, replaces };
  });
}

/**
 * The experiment whose place a point takes that is made again: without -n the one that is known; with -n one of that
 * very name or its numbers; else none, and --force leaves what others are called (a failed one is retried in place).
 */
function inPlace(request: NamingRequest, known: KnownExperiment): KnownExperiment | undefined {
  const { name } = request;
  if (request.names !== undefined && request.samePoint === "replace") return undefined;
  if (name === undefined) return known;
  if (!request.numbered) return undefined;
  if (request.samePoint !== "replace") return known;
  return request.known.findLast((item) => item.identity === known.identity && isNumbered(name, item.name));
}

type NameSource = (index: number) => { readonly name: string; readonly replaces?: KnownExperiment };

/** Gives the name for a new point: the planned one, the given one, the next number, or a random one. */
function nameSource(request: NamingRequest): NameSource {
  const { name } = request;
  const byName = new Map(request.known.map((known) => [known.name, known]));
  if (request.names !== undefined) return plannedNames(request, request.names, byName);
  if (name === undefined) {
    const given = new Set<string>();
    return () => {
      const random = request.randomName((candidate) => byName.has(candidate) || given.has(candidate));
      given.add(random);
      return { name: random };
    };
  }
  if (request.numbered) {
    let number = nextNumber(name, byName.keys());
    return () => ({ name: `${name}-${number++}` });
  }
  const holder = byName.get(name);
  return () => {
    if (holder === undefined) return { name };
    if (holder.state !== "failed" && request.takenName === "refuse") throw nameTaken(holder);
    return { name, replaces: holder };
  };
}

function plannedNames(
  request: NamingRequest,
  names: readonly string[],
  byName: ReadonlyMap<string, KnownExperiment>,
): NameSource {
  for (const name of names) checkName(name);
  return (index) => {
    const name = names[index] ?? "";
    const holder = byName.get(name);
    if (holder === undefined) return { name };
    if (holder.state !== "failed" && request.takenName === "refuse") throw nameTaken(holder);
    return { name, replaces: holder };
  };
}

function nameTaken(holder: Pick<KnownExperiment, "name" | "state">): SweeplineError {
  const where = holder.state === "queued" ? "queued experiment" : "existing experiment";
  return new SweeplineError({
    code: "NAME_TAKEN",
    message: `Experiment conflicts with ${where} '${holder.name}'`,
    hint: "The same command with --force replaces it; -n gives another name.",
  });
}

export interface KnownNames {
  readonly experiments: readonly KnownExperiment[];
  /** All names in the repository: a random name avoids them all. */
  readonly allNames: ReadonlySet<string>;
}

/** The name of one experiment that is not queued: the given one, or a random one. Throws NAME_TAKEN, BAD_NAME. */
export function chooseName({ name, taken }: NameChoice, known: KnownNames): string {
  if (name === undefined) return randomName((candidate) => known.allNames.has(candidate));
  checkName(name);
  const holder = known.experiments.find((item) => item.name === name && item.state !== "failed");
  if (holder !== undefined && taken === "refuse") throw nameTaken(holder);
  return name;
}
