/** System errors and short writes at each side effect: the command works all the same, or fails and says why. */
import { describe, expect, test } from "vitest";
import { callsToTry, violationsOf } from "./campaign.ts";
import { management, runs } from "./scenarios.ts";
import { prepare, tryFault } from "./try.ts";

const errors = [
  { kind: "fail", code: "EIO", title: "EIO: the call fails" },
  { kind: "fail", code: "ENOSPC", title: "ENOSPC: the call fails" },
  { kind: "fail", code: "EMFILE", title: "EMFILE: the call fails, no process can be started" },
  { kind: "fail", code: "EACCES", title: "EACCES: the call fails" },
  { kind: "short", code: "ENOSPC", title: "ENOSPC in the middle of a write" },
  { kind: "short", code: "", title: "A write that takes half" },
] as const;

describe("injected errors", () => {
  for (const scenario of [...runs, ...management])
    test(scenario.name, async () => {
      const prepared = await prepare(scenario);
      const violations: string[] = [];
      // The bounded run tries one kind of error a scenario, each time another.
      const calls = errors.map(({ kind, code }) =>
        callsToTry(prepared.effects, 0.5, `${scenario.name} ${kind} ${code}`),
      );
      for (const [at, { kind, code, title }] of errors.entries()) {
        const faults = (calls[at] ?? []).map((call) => `${kind}:${call}:${code}`);
        const attempt = (fault: string) => tryFault(prepared, fault);
        violations.push(...(await violationsOf({ prepared, kind: `${kind} ${code}`, title, faults, attempt })));
      }
      expect(violations).toEqual([]);
    });
});
