/** SIGKILL and Ctrl+C at random moments: what no side effect marks, such as a stage at work, is met as well. */
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Repository } from "../rig/index.ts";
import { diceFor, timesToTry, violationsOf } from "./campaign.ts";
import { processesOf, processViolations } from "./invariants.ts";
import { runs } from "./scenarios.ts";
import { type Disturbance, prepare, tryDisturbance } from "./try.ts";

const isOurs = (command: string) => /bin\/sweepline\.js/.test(command);
const isGit = (command: string) => /^(\S*\/)?git |-c git /.test(command);

const victims = {
  "the processes": isOurs,
  "a stage": (command: string) => !isOurs(command) && !isGit(command),
  everything: () => true,
} as const;

function kill(repository: Repository, isVictim: (command: string) => boolean): boolean {
  const chosen = processesOf(repository).filter(({ command }) => isVictim(command));
  for (const { pid } of chosen)
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  return chosen.length > 0;
}

function randomKill(roll: () => number, limitMs: number): Disturbance {
  const who = Object.keys(victims)[Math.floor(roll() * 3)] as keyof typeof victims;
  const after = Math.floor(roll() * limitMs);
  return {
    name: `SIGKILL to ${who} after ${after} ms`,
    act: async (_running, repository) => {
      await setTimeout(after);
      return kill(repository, victims[who]);
    },
    look: () => [],
  };
}

function interrupt(roll: () => number, limitMs: number, times: 1 | 2): Disturbance {
  const after = Math.floor(roll() * limitMs);
  const pause = Math.floor(roll() * 200);
  return {
    name: `SIGINT after ${after} ms${times === 2 ? `, again after ${pause} ms` : ""}`,
    act: async (running, repository) => {
      await setTimeout(after);
      const found = running()?.child.kill("SIGINT") ?? false;
      if (times === 2) {
        await setTimeout(pause);
        running()?.child.kill("SIGINT");
      }
      return found && repository.folder !== "";
    },
    // A clean stop leaves nobody behind; who ends at once has killed its stages, without waiting for their end.
    look: (repository) => (times === 1 ? processViolations(repository) : []),
  };
}

const spans = ["sweep", "queue, run-all", "temporary", "workspace", "background"];

describe("random moments", () => {
  for (const scenario of runs.filter(({ name }) => spans.includes(name)))
    test(scenario.name, async () => {
      const prepared = await prepare(scenario);
      const roll = diceFor(`moments of ${scenario.name}`);
      const limitMs = prepared.elapsedMs * 1.1;
      const times = <T>(full: number, sample: number, make: () => T) =>
        Array.from({ length: timesToTry(full, sample) }, make);
      const attempt = (disturbance: Disturbance) => tryDisturbance(prepared, disturbance);
      const kills = times(100, 3, () => randomKill(roll, limitMs));
      const title = "SIGKILL at random moments, to the processes, a stage, or everything";
      const violations = [...(await violationsOf({ prepared, kind: "random", title, faults: kills, attempt }))];
      if (scenario.name !== "background") {
        const once = times(20, 1, () => interrupt(roll, limitMs, 1));
        const twice = times(20, 1, () => interrupt(roll, limitMs, 2));
        for (const [kind, faults] of Object.entries({ once, twice }))
          violations.push(
            ...(await violationsOf({ prepared, kind, title: `Ctrl+C ${kind}, at random moments`, faults, attempt })),
          );
      }
      expect(violations).toEqual([]);
    });
});
