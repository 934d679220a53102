/**
 * Pins keep a garbage collection away while data is stored: from the moment a cache is asked what it has until a lock file, an
 * entry of the queue or an experiment names the data. Between the two nobody could tell that it is needed.
 *
 * A pin is a link `running/pin-*` in the cache; who collects has `running/collecting`. Each makes its own first and then looks
 * for that of the other: whoever pins gives way and waits, whoever collects waits for the pins that are there. What a dead
 * process left counts for nothing.
 */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { pause } from "../../base/pause.ts";
import { note } from "../../base/trace.ts";
import type { Project } from "../../project/project.ts";
import { type Sharing, sharingOf } from "../../store/sharing.ts";
import { linksFolder, makeLeaseFolder } from "./leases.ts";
import { type LeaseOwner, linkNames, linkOwner, removeDead, type StageRunner, takeLink } from "./owner-links.ts";

export interface Pin {
  release(): void;
}

const noPin: Pin = { release: () => undefined };

const collecting = "collecting";
const shortestPauseMs = 5;
const longestPauseMs = 250;

function pinName(): string {
  return `pin-${process.pid}-${Math.random().toString(36).slice(2, 12)}`;
}

/** What whoever stores data says of itself. */
export interface PinRequest {
  readonly cacheDir: string;
  /** `cache.shared`: who else may make pins there. Default: nobody. */
  readonly sharing?: Sharing;
  readonly runner: StageRunner;
  /** Once it is aborted nothing is waited for: the pin that comes then holds nothing. */
  readonly signal?: AbortSignal;
}

/** The cache of a project, and who may write there. */
export function cachePlace({ cacheDir, config }: Pick<Project, "cacheDir" | "config">) {
  return { cacheDir, sharing: sharingOf(config.get("cache.shared")) };
}

/** Waits for a collection to end. Where no links can be made there are no pins, as there are no collections. */
export async function pinCache({ cacheDir, sharing = "own", runner, signal }: PinRequest): Promise<Pin> {
  makeLeaseFolder(cacheDir, sharing);
  const folder = path.join(cacheDir, linksFolder);
  const mark = path.join(folder, collecting);
  for (let ms = shortestPauseMs; !signal?.aborted; ms = Math.min(2 * ms, longestPauseMs)) {
    const pin = takeLink(path.join(folder, pinName()), runner);
    if (pin.kind !== "taken") return noPin;
    const owner = linkOwner(mark);
    if (owner === undefined) return pin;
    pin.release();
    note("locks", () => `${mark}: waiting for ${owner.label} (pid ${owner.pid})`);
    await pause(ms, signal);
  }
  return noPin;
}

/** Does work that stores data, and makes something name it, with a pin. */
export async function whilePinned<T>(request: PinRequest, work: () => Promise<T>): Promise<T> {
  const pin = await pinCache(request);
  try {
    return await work();
  } finally {
    pin.release();
  }
}

/** The pins of living processes; those of dead ones go. */
function livingPins(folder: string): readonly LeaseOwner[] {
  return linkNames(folder)
    .filter((name) => name.startsWith("pin-") && !name.endsWith(".removal"))
    .flatMap((name) => {
      const file = path.join(folder, name);
      const owner = linkOwner(file);
      if (owner === undefined) removeDead(file);
      return owner ?? [];
    });
}

function busy({ label, pid }: LeaseOwner, what: string): SweeplineError {
  return new SweeplineError({
    code: "LOCKED",
    message: `another process ${what}: ${label} (pid ${pid})`,
    hint: "Wait for it to end, then try again.",
  });
}

/** How long a collection waits for those that store data: a large output takes its time. */
const waitMs = 60_000;

/**
 * Does work while nobody stores data in the cache: what is stored is named by then. Errors: LOCKED, where another collection
 * is at work, or somebody stores for more than a minute.
 */
export async function whileUnpinned<T>(
  { cacheDir, sharing = "own", runner }: PinRequest,
  work: () => Promise<T>,
): Promise<T> {
  makeLeaseFolder(cacheDir, sharing);
  const folder = path.join(cacheDir, linksFolder);
  const mark = takeLink(path.join(folder, collecting), runner);
  if (mark.kind === "busy") throw busy(mark.owner, "collects garbage here");
  try {
    const until = Date.now() + waitMs;
    for (let ms = shortestPauseMs; ; ms = Math.min(2 * ms, longestPauseMs)) {
      const [owner] = livingPins(folder);
      if (owner === undefined) break;
      if (Date.now() > until) throw busy(owner, "stores data in the cache");
      await pause(ms);
    }
    return await work();
  } finally {
    if (mark.kind === "taken") mark.release();
  }
}
