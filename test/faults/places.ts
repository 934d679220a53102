/** Where the side effects of a scenario come from, and at which of them which faults are tried. */
import { diceFor, isFull, ofThisSlice } from "./campaign.ts";

/** A call site in one phase of a run: a command's main thread, or its workers. */
export interface Site {
  /** As inject.mjs names it in this build. */
  readonly key: string;
  /** Of all phases: the kind of the side effect, and the functions that it comes from. */
  readonly place: string;
  /** The same without positions in the built program, with the phase: a change elsewhere leaves it as it is. */
  readonly name: string;
  readonly isThread: boolean;
  /** Can be cut short. */
  readonly isWrite: boolean;
  /** How many side effects come from there in an undisturbed run. */
  readonly calls: number;
}

/** What inject.mjs wrote down in an undisturbed run, a call a line, grouped. */
export function sitesOf(calls: readonly string[]): Site[] {
  const sites = new Map<string, Site>();
  for (const call of calls) {
    const [role, kind, , key = "", write, phase, place = ""] = call.trimEnd().split("\t");
    const known = sites.get(key);
    // Where the trace ends among the functions that pass calls on, only the phase tells callers apart.
    const where = place.endsWith(" < ?") ? `${phase} ${place}` : place;
    sites.set(key, {
      key,
      place: `${kind} ${where}`,
      name: `${phase} ${kind} ${place.replace(/@\S+/g, "")}`,
      isThread: role === "thread",
      isWrite: write === "write",
      calls: (known?.calls ?? 0) + 1,
    });
  }
  return [...sites.values()].sort((one, other) =>
    `${one.name} ${one.place}` < `${other.name} ${other.place}` ? -1 : 1,
  );
}

export interface Kind {
  /** As inject.mjs reads it; N: where. */
  readonly fault: string;
  /** The heading in the report. */
  readonly title: string;
}

/** Kinds that are much alike: in the bounded run a place meets one of them at most. */
export interface Family {
  readonly name: string;
  /** In the bounded run a place meets one family of its group, drawn by the place's name: the time does not allow for both. */
  readonly group: string;
  readonly kinds: readonly Kind[];
  readonly at: "everywhere" | "writes" | "threads";
}

const kills: Family = {
  name: "kill",
  group: "end or error",
  at: "everywhere",
  kinds: [
    { fault: "kill:N", title: "SIGKILL of the process at a side effect" },
    { fault: "kill-all:N", title: "SIGKILL of all processes, stages and Git's too, at a side effect" },
  ],
};
const errors: Family = {
  name: "fail",
  group: "end or error",
  at: "everywhere",
  kinds: [
    { fault: "fail:N:EIO", title: "EIO: the call fails" },
    { fault: "fail:N:ENOSPC", title: "ENOSPC: the call fails" },
    { fault: "fail:N:EMFILE", title: "EMFILE: the call fails, no process can be started" },
    { fault: "fail:N:EACCES", title: "EACCES: the call fails" },
  ],
};
const cuts: Family = {
  name: "short",
  group: "end or error",
  at: "writes",
  kinds: [
    { fault: "short:N:ENOSPC", title: "ENOSPC in the middle of a write" },
    { fault: "short:N:", title: "A write that takes half" },
  ],
};

/** What every scenario meets. */
export const families: readonly Family[] = [kills, errors, cuts];

export const threadEnds: Family = {
  name: "end",
  group: "thread",
  at: "threads",
  kinds: [
    { fault: "exit:N", title: "process.exit in a worker thread" },
    { fault: "throw:N", title: "An error in a worker thread that nobody catches" },
    { fault: "terminate:N", title: "terminate() of a worker thread" },
  ],
};

/** One fault at one place. */
export interface Fault {
  readonly title: string;
  /** `kill:1a2b3c4d/7`, as inject.mjs reads it. */
  readonly setting: string;
}

const isMet = ({ at }: Family, site: Site) => at === "everywhere" || (at === "writes" ? site.isWrite : site.isThread);

const faultAt = ({ fault, title }: Kind, site: Site, call: number): Fault => ({
  title,
  setting: fault.replace("N", `${site.key}/${call}`),
});

/** Of folders of a thousand files not each call, also in a full run. */
const mostCalls = 40;

function everyCall({ calls }: Site): number[] {
  if (calls <= mostCalls) return Array.from({ length: calls }, (_, at) => at + 1);
  return Array.from({ length: mostCalls }, (_, at) => 1 + Math.round((at * (calls - 1)) / (mostCalls - 1)));
}

/** What the bounded run has tried so far, in whatever scenario: family and place. */
const met = new Set<string>();

function isFirstTime(what: string): boolean {
  const isNew = !met.has(what);
  met.add(what);
  return isNew;
}

function everyFault(sites: readonly Site[], use: readonly Family[]): Fault[] {
  return use.flatMap((family) =>
    sites
      .filter((site) => isMet(family, site))
      .flatMap((site) => family.kinds.flatMap((kind) => everyCall(site).map((call) => faultAt(kind, site, call))))
      .filter(ofThisSlice),
  );
}

/** By dice of its own, so that a new site does not change what the others meet: one of the kinds, and at which call. */
function faultByDice(family: Family, site: Site): Fault[] {
  const roll = diceFor(`${family.name} ${site.name}`);
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(roll() * items.length)];
  const kind = pick(family.kinds);
  const call = pick([1, site.calls, 1 + Math.floor(roll() * site.calls)]) ?? 1;
  return kind === undefined ? [] : [faultAt(kind, site, call)];
}

function faultsAnywhere(name: string, among: readonly { family: Family; site: Site }[], count: number): Fault[] {
  const roll = diceFor(`faults of ${name}`);
  return Array.from({ length: count }, () => among[Math.floor(roll() * among.length)]).flatMap((drawn) =>
    drawn === undefined ? [] : faultByDice(drawn.family, drawn.site),
  );
}

/** Whether the place meets this family, of those of its group. */
function isDrawn(family: Family, site: Site, use: readonly Family[]): boolean {
  const group = use.filter((each) => each.group === family.group && isMet(each, site));
  const { place } = site;
  return group[Math.floor(diceFor(`${family.group} at ${place.replace(/@\S+/g, "")}`)() * group.length)] === family;
}

/**
 * The faults for one scenario. In a full run: each kind at each call. In the bounded one: each place that no earlier scenario
 * had meets one kind of one family of each group; and so many more, anywhere.
 */
export function faultsOf(name: string, sites: readonly Site[], use: readonly Family[], more: number): Fault[] {
  if (isFull) return everyFault(sites, use);
  const all = everywhere(sites, use);
  const drawn = all.filter(({ family, site }) => isDrawn(family, site, use));
  const fresh = drawn.filter(({ family, site }) => isFirstTime(`${family.name} ${site.place}`));
  return [...fresh.flatMap(({ family, site }) => faultByDice(family, site)), ...faultsAnywhere(name, all, more)];
}

/** The same for what is not tried at each place in the bounded run, but so many times. */
export function someFaultsOf(name: string, sites: readonly Site[], use: readonly Family[], sample: number): Fault[] {
  return isFull ? everyFault(sites, use) : faultsAnywhere(name, everywhere(sites, use), sample);
}

function everywhere(sites: readonly Site[], use: readonly Family[]): { family: Family; site: Site }[] {
  return use.flatMap((family) => sites.filter((site) => isMet(family, site)).map((site) => ({ family, site })));
}
