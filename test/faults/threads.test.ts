/** A worker thread ends in the middle of an experiment: process.exit, an error that nobody catches, terminate(), memory. */
import { describe, expect, test } from "vitest";
import { callsToTry, violationsOf } from "./campaign.ts";
import { runs } from "./scenarios.ts";
import { prepare, tryFault } from "./try.ts";

const ends = [
  { kind: "exit", share: 1, title: "process.exit in a worker thread" },
  { kind: "throw", share: 1, title: "An error in a worker thread that nobody catches" },
  { kind: "terminate", share: 1, title: "terminate() of a worker thread" },
  // It takes a gigabyte and seconds to run out of memory.
  { kind: "memory", share: 0.1, title: "A worker thread out of memory" },
] as const;

describe("ends of worker threads", () => {
  for (const scenario of runs.filter(({ name }) => ["sweep", "temporary", "background"].includes(name)))
    test(scenario.name, async () => {
      const prepared = await prepare(scenario);
      const violations: string[] = [];
      for (const { kind, share, title } of ends) {
        const calls = callsToTry(prepared.threadEffects * share, 1, `${scenario.name} ${kind}`);
        const faults = calls.map((call) => `${kind}:${Math.max(1, Math.floor(call / share) - 3)}`);
        const attempt = (fault: string) => tryFault(prepared, fault);
        violations.push(...(await violationsOf({ prepared, kind, title, faults, attempt })));
      }
      expect(violations).toEqual([]);
    });
});
