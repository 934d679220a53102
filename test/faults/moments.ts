/** SIGKILL and Ctrl+C at random moments: what no side effect marks, such as a stage at work, is met as well. */
import { setTimeout } from "node:timers/promises";
import type { Repository } from "../rig/index.ts";
import { processesOf, processViolations } from "./invariants.ts";
import type { Disturbance } from "./try.ts";

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

export function randomKill(roll: () => number, limitMs: number): Disturbance {
  const who = Object.keys(victims)[Math.floor(roll() * 3)] as keyof typeof victims;
  const after = Math.floor(roll() * limitMs);
  return {
    name: `SIGKILL to ${who} after ${after} ms`,
    act: async (_running, repository) => {
      await setTimeout(after);
      return kill(repository, victims[who]);
    },
    look: async () => [],
  };
}

export function interrupt(roll: () => number, limitMs: number, times: 1 | 2): Disturbance {
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
    look: async (repository) => (times === 1 ? await processViolations(repository) : []),
  };
}
