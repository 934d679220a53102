/** Scenarios with another command at work in the same repository: the one meets the fault, the other must not notice. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Repository } from "../rig/index.ts";
import { isFull } from "./campaign.ts";
import { type PlannedPoint, whenEnded } from "./invariants.ts";
import { finished, runAll, type Scenario, type Words } from "./scenarios.ts";

const sweep: Words = ["sweep", "-n", "s", "-j", "2", "x=12,13"];

/** Commands over the same experiments and the same queue. */
const commands: Readonly<Record<string, Words>> = {
  sweep,
  "run-all": runAll,
  "queue start": ["queue", "start", "-j", "2", "--idle", "0.01s", "--retry-delay", "0.01s"],
  "exp remove": ["exp", "remove", "p-1"],
  "exp apply": ["exp", "apply", "p-2"],
  "exp push": ["exp", "push", "origin", "p-2", "p-3"],
};

/** p-1 may be removed; those of the sweep may not have been asked for yet. */
const points: readonly PlannedPoint[] = [
  { name: "p-1", x: 2, isOptional: true },
  { name: "p-2", x: 3 },
  { name: "p-3", x: 4 },
  { name: "q-1", x: 5 },
  { name: "q-2", x: 6 },
  { name: "s-1", x: 12, isOptional: true },
  { name: "s-2", x: 13, isOptional: true },
];

async function prepareBoth(repository: Repository): Promise<void> {
  await finished(repository);
  await repository.succeed(["exp", "run", "--queue", "-n", "q", "-S", "x=5,6"]);
  mkdirSync(path.join(repository.root, "store"), { recursive: true });
  repository.git("restore", "notes.txt");
}

function pair(faulty: string, beside: string): Scenario {
  const words = [commands[faulty] ?? [], commands[beside] ?? []] as const;
  const retry: readonly Words[] = [["queue", "retry", "--failed"], runAll];
  return {
    name: `${faulty} beside ${beside}`,
    queued: "all",
    points,
    changes: words.includes(commands["exp apply"] ?? []) ? "files and index" : "nothing",
    prepare: prepareBoth,
    commands: [words[0]],
    beside: words[1],
    settle: (repository) => whenEnded(repository, /queue worker/),
    again: words.includes(sweep) ? [...retry, [...sweep, "--retry-failed"]] : retry,
  };
}

const names = Object.keys(commands);

/** Each beside the next, and in a full run beside all, itself too. */
export const together: readonly Scenario[] = names.flatMap((faulty, at) =>
  isFull ? names.map((beside) => pair(faulty, beside)) : [pair(faulty, names[(at + 1) % names.length] ?? faulty)],
);
