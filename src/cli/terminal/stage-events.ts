/** A reproduction's events, printed as DVC prints them. */

import { visibleText } from "../../base/text/visible.ts";
import { killGroup } from "../../experiments/recovery/recovery.ts";
import type { StageKeeper } from "../../experiments/recovery/stage-tables.ts";
import type { ReproduceEvents } from "../../pipeline/reproduce/events.ts";
import type { Deadline } from "../../run/limits/deadline.ts";
import { confirm } from "./confirm.ts";
import { type Io, print, warn } from "./io.ts";

export interface StageEventsOptions {
  /** Filled with the process groups of running stages. */
  readonly groups: Set<number>;
  readonly messages: "all" | "none";
  /** Told of each command of a stage too. */
  readonly keeper?: StageKeeper;
  /** Stands still while all that happens is waiting for another experiment's run of a stage. */
  readonly clock?: Pick<Deadline, "pause" | "resume" | "stageBegins">;
}

export function stageEvents(io: Io, { groups, messages, clock, keeper }: StageEventsOptions): ReproduceEvents {
  const waiting = new Set<string>();
  const countTime = () => (waiting.size > 0 && groups.size === 0 ? clock?.pause() : clock?.resume());
  return {
    stage({ address, action, checkpoints }) {
      if (checkpoints !== undefined) clock?.stageBegins(checkpoints);
      if (action === "waiting") waiting.add(address);
      else waiting.delete(address);
      countTime();
    },
    message: (text) => {
      if (messages === "all") print(io, visibleText(text));
    },
    warning: (text) => warn(io, text),
    processStarted({ pid, startedAt, mark }) {
      groups.add(pid);
      keeper?.started({ pid, startedAt, mark });
      countTime();
    },
    processEnded({ pid }) {
      groups.delete(pid);
      keeper?.ended(pid);
      countTime();
    },
    confirm: (question) => confirm(io, question),
  };
}

/** Ends the processes of running stages at once, for a second Ctrl+C. */
export function killGroups(groups: Iterable<number>): void {
  for (const group of groups) killGroup(group);
}
