/**
 * Single flight: of several running experiments that need the same stage run, one makes it and the others wait for what it
 * leaves in the run-cache. One lease at a time and only once all dependencies are there: nobody waits in a circle.
 */
import { pause } from "../../base/pause.ts";
import { note } from "../../base/trace.ts";
import { takeLease } from "./leases.ts";
import type { LeaseOwner, StageRunner } from "./owner-links.ts";

export interface TurnRequest<Found> {
  readonly cacheDir: string;
  /** The run-cache key. */
  readonly key: string;
  readonly runner: StageRunner;
  readonly signal: AbortSignal;
  /** Looks for a finished run. */
  find(): Promise<Found | undefined>;
  /** Somebody else is at it; told once for each of them. */
  waiting(owner: LeaseOwner): void;
}

export type Turn<Found> =
  /** Nobody else runs it until `release`. */
  | { readonly kind: "run"; release(): void }
  | { readonly kind: "found"; readonly found: Found }
  | { readonly kind: "cancelled" };

/** What the end of a run that was waited for may be noticed late by: a part of its time, within these limits. */
const shortestPauseMs = 5;
const longestPauseMs = 250;

function pauseAfter(waitedMs: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(longestPauseMs, Math.max(shortestPauseMs, waitedMs / 10));
  return pause(ms, signal);
}

async function lookThenRun<Found>(request: TurnRequest<Found>, release: () => void): Promise<Turn<Found>> {
  try {
    // Between the last look and the lease somebody may have finished it.
    const found = await request.find();
    if (found === undefined) return { kind: "run", release };
    release();
    return { kind: "found", found };
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Waits until nobody else runs the stage. Where the owner failed, was killed or kept no result, the next who waits runs it.
 * An aborted signal ends the waiting at once.
 */
export async function takeTurn<Found>(request: TurnRequest<Found>): Promise<Turn<Found>> {
  const { cacheDir, key, runner, signal } = request;
  const since = Date.now();
  let told: string | undefined;
  while (!signal.aborted) {
    const answer = takeLease(cacheDir, key, runner);
    if (answer.kind !== "busy") return lookThenRun(request, answer.kind === "taken" ? answer.release : () => undefined);
    const { owner } = answer;
    const who = `${owner.pid} ${owner.id}`;
    if (who !== told) {
      note("locks", () => `run-cache key ${key}: waiting for ${owner.label} (pid ${owner.pid})`);
      request.waiting(owner);
    }
    told = who;
    await pauseAfter(Date.now() - since, signal);
  }
  return { kind: "cancelled" };
}
