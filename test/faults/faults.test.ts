/** All faults on all scenarios: each place meets some of them, or with `npm run test:faults -- --full` all. */
import { describe, expect, test } from "vitest";
import { bulk } from "./bulk.ts";
import { diceFor, madeRandomly, violationsOf } from "./campaign.ts";
import { interrupt, randomKill } from "./moments.ts";
import { type Family, type Fault, families, faultsOf, someFaultsOf, threadEnds } from "./places.ts";
import { checkpoints, management, matrix, runs, type Scenario } from "./scenarios.ts";
import { together } from "./together.ts";
import { type Disturbance, type Prepared, prepare, tryDisturbance, tryFault } from "./try.ts";

const stageKills: Family = {
  name: "stages",
  group: "stages",
  at: "everywhere",
  kinds: [{ fault: "kill-stages:N", title: "SIGKILL of the stages, from a side effect on" }],
};
/** A gigabyte and seconds each. */
const memory: Family = {
  name: "memory",
  group: "memory",
  at: "threads",
  kinds: [{ fault: "memory:N", title: "A worker thread out of memory" }],
};

/** In the bounded run these meet some faults only, at places drawn by the seed: the time does not allow for more. */
const sampled = new Set([
  "queue kill",
  "queue stop",
  ...[...checkpoints, ...matrix, ...bulk, ...together].map(({ name }) => name),
]);

const ready = new Map<Scenario, Promise<Prepared>>();

function preparedOf(scenario: Scenario): Promise<Prepared> {
  const prepared = ready.get(scenario) ?? prepare(scenario);
  ready.set(scenario, prepared);
  return prepared;
}

/** Tries them kind by kind: that is how they are reported. */
async function tryFaults(prepared: Prepared, faults: readonly Fault[]): Promise<string[]> {
  const violations: string[] = [];
  for (const title of new Set(faults.map((fault) => fault.title))) {
    const settings = faults.filter((fault) => fault.title === title).map(({ setting }) => setting);
    const attempt = (setting: string) => tryFault(prepared, setting);
    violations.push(...(await violationsOf({ prepared, title, faults: settings, attempt })));
  }
  return violations;
}

describe("kills and errors at side effects", () => {
  // The cheaper first: in the bounded run a place is tried in the first scenario that comes by.
  for (const scenario of [...management, ...runs, ...checkpoints, ...matrix, ...bulk, ...together])
    test(scenario.name, async () => {
      const prepared = await preparedOf(scenario);
      const { sites } = prepared;
      const faults = sampled.has(scenario.name)
        ? someFaultsOf(scenario.name, sites, families, 4)
        : faultsOf(scenario.name, sites, families, 1);
      const ofStages =
        scenario.points === undefined ? [] : someFaultsOf(`${scenario.name}, stages`, sites, [stageKills], 1);
      expect(await tryFaults(prepared, [...faults, ...ofStages])).toEqual([]);
    });
});

describe("ends of worker threads", () => {
  for (const scenario of runs.filter(({ name }) => ["sweep", "temporary", "background"].includes(name)))
    test(scenario.name, async () => {
      const prepared = await preparedOf(scenario);
      const { sites } = prepared;
      const ends = someFaultsOf(`${scenario.name}, threads`, sites, [threadEnds], 4);
      const full = scenario.name === "sweep" ? someFaultsOf(`${scenario.name}, memory`, sites, [memory], 1) : [];
      expect(await tryFaults(prepared, [...ends, ...full])).toEqual([]);
    });
});

describe("random moments", () => {
  const spans = ["sweep", "queue, run-all", "temporary", "workspace", "background"];
  for (const scenario of runs.filter(({ name }) => spans.includes(name)))
    test(scenario.name, async () => {
      const prepared = await preparedOf(scenario);
      const roll = diceFor(`moments of ${scenario.name}`);
      const limitMs = prepared.elapsedMs * 1.1;
      const attempt = (disturbance: Disturbance) => tryDisturbance(prepared, disturbance);
      const kills = madeRandomly({ full: 100, sample: 2 }, () => randomKill(roll, limitMs));
      const title = "SIGKILL at random moments, to the processes, a stage, or everything";
      const violations = await violationsOf({ prepared, title, faults: kills, attempt });
      // What runs in the background gets no Ctrl+C.
      for (const times of scenario.name === "background" ? [] : ([1, 2] as const)) {
        const interrupts = madeRandomly({ full: 20, sample: 1 }, () => interrupt(roll, limitMs, times));
        const heading = `Ctrl+C at random moments, ${times === 1 ? "once" : "twice"}`;
        violations.push(...(await violationsOf({ prepared, title: heading, faults: interrupts, attempt })));
      }
      expect(violations).toEqual([]);
    });
});
