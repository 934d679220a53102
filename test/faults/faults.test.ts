/** All faults on all scenarios: a sample of them, or with `npm run test:faults -- --full` each. */
import { describe, expect, test } from "vitest";
import { callsToTry, diceFor, timesToTry, violationsOf } from "./campaign.ts";
import { interrupt, randomKill } from "./moments.ts";
import { management, runs, type Scenario } from "./scenarios.ts";
import { type Disturbance, type Prepared, prepare, tryDisturbance, tryFault } from "./try.ts";

/** `sample`: how many of them the bounded run tries in each scenario; below 1 in some of them. */
interface Kind {
  readonly fault: string;
  readonly sample: number;
  readonly title: string;
}

const kills: readonly Kind[] = [
  { fault: "kill:N", sample: 2, title: "SIGKILL of the process at a side effect" },
  { fault: "kill-all:N", sample: 1, title: "SIGKILL of all processes, stages and Git's too, at a side effect" },
];
const stageKills: Kind = { fault: "kill-stages:N", sample: 1, title: "SIGKILL of the stages, from a side effect on" };
const errors: readonly Kind[] = [
  { fault: "fail:N:EIO", sample: 0.4, title: "EIO: the call fails" },
  { fault: "fail:N:ENOSPC", sample: 0.4, title: "ENOSPC: the call fails" },
  { fault: "fail:N:EMFILE", sample: 0.4, title: "EMFILE: the call fails, no process can be started" },
  { fault: "fail:N:EACCES", sample: 0.4, title: "EACCES: the call fails" },
  { fault: "short:N:ENOSPC", sample: 0.4, title: "ENOSPC in the middle of a write" },
  { fault: "short:N:", sample: 0.2, title: "A write that takes half" },
];
const threadEnds: readonly Kind[] = [
  { fault: "exit:N", sample: 1, title: "process.exit in a worker thread" },
  { fault: "throw:N", sample: 1, title: "An error in a worker thread that nobody catches" },
  { fault: "terminate:N", sample: 1, title: "terminate() of a worker thread" },
];
/** A gigabyte and seconds each. */
const memory: Kind = { fault: "memory:N", sample: 0.4, title: "A worker thread out of memory" };
const memoryEveryNth = 20;

const ready = new Map<Scenario, Promise<Prepared>>();

function preparedOf(scenario: Scenario): Promise<Prepared> {
  const prepared = ready.get(scenario) ?? prepare(scenario);
  ready.set(scenario, prepared);
  return prepared;
}

/** At calls 1 to `effects` of the scenario; `everyNth`: in a full run only so many of them. */
function tryKind(prepared: Prepared, kind: Kind, effects: number, everyNth = 1): Promise<string[]> {
  const { fault, sample, title } = kind;
  const calls = callsToTry(effects / everyNth, sample, `${prepared.scenario.name} ${fault}`);
  const faults = calls.map((call) => fault.replace("N", String((call - 1) * everyNth + 1)));
  return violationsOf({ prepared, title, faults, attempt: (setting) => tryFault(prepared, setting) });
}

async function tryKinds(prepared: Prepared, kinds: readonly Kind[], effects = prepared.effects): Promise<string[]> {
  const violations: string[] = [];
  for (const kind of kinds) violations.push(...(await tryKind(prepared, kind, effects)));
  return violations;
}

describe("kills and errors at side effects", () => {
  for (const scenario of [...runs, ...management])
    test(scenario.name, async () => {
      const kinds = scenario.points === undefined ? [...kills, ...errors] : [...kills, stageKills, ...errors];
      expect(await tryKinds(await preparedOf(scenario), kinds)).toEqual([]);
    });
});

describe("ends of worker threads", () => {
  for (const scenario of runs.filter(({ name }) => ["sweep", "temporary", "background"].includes(name)))
    test(scenario.name, async () => {
      const prepared = await preparedOf(scenario);
      const ends = await tryKinds(prepared, threadEnds, prepared.threadEffects);
      expect([...ends, ...(await tryKind(prepared, memory, prepared.threadEffects, memoryEveryNth))]).toEqual([]);
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
      const tryMoments = (title: string, times: number, make: () => Disturbance) =>
        violationsOf({ prepared, title, faults: Array.from({ length: times }, make), attempt });
      const violations = await tryMoments(
        "SIGKILL at random moments, to the processes, a stage, or everything",
        timesToTry(100, 2),
        () => randomKill(roll, limitMs),
      );
      // What runs in the background gets no Ctrl+C.
      for (const times of scenario.name === "background" ? [] : ([1, 2] as const))
        violations.push(
          ...(await tryMoments(`Ctrl+C at random moments, ${times === 1 ? "once" : "twice"}`, timesToTry(20, 1), () =>
            interrupt(roll, limitMs, times),
          )),
        );
      expect(violations).toEqual([]);
    });
});
