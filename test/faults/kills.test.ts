/** SIGKILL at each side effect of each scenario: to the process itself, to its stages, to all. */
import { describe, expect, test } from "vitest";
import { callsToTry, violationsOf } from "./campaign.ts";
import { management, runs } from "./scenarios.ts";
import { prepare, tryFault } from "./try.ts";

const manners = [
  { kind: "kill", sample: 3, title: "SIGKILL of the process at a side effect" },
  { kind: "kill-all", sample: 2, title: "SIGKILL of all processes, stages and Git's too, at a side effect" },
  { kind: "kill-stages", sample: 1, title: "SIGKILL of the stages, from a side effect on" },
] as const;

describe("kills", () => {
  for (const scenario of [...runs, ...management])
    test(scenario.name, async () => {
      const prepared = await prepare(scenario);
      const violations: string[] = [];
      for (const { kind, sample, title } of manners) {
        // No stage runs in these.
        if (kind === "kill-stages" && scenario.points === undefined) continue;
        const calls = callsToTry(prepared.effects, sample, `${scenario.name} ${kind}`);
        const faults = calls.map((call) => `${kind}:${call}`);
        const attempt = (fault: string) => tryFault(prepared, fault);
        violations.push(...(await violationsOf({ prepared, kind, title, faults, attempt })));
      }
      expect(violations).toEqual([]);
    });
});
