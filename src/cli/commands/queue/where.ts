/** Tasks of the queue for which a condition holds. */

import type { FilterRow } from "../../../experiments/find/filter-row.ts";
import type { InVain } from "../../../experiments/find/in-vain.ts";
import type { QueueStatus } from "../../../experiments/queue/status.ts";
import type { RunState } from "../../../experiments/reading/types.ts";
import type { ExperimentsContext } from "../../../experiments/repository.ts";
import { type ScopeFlags, scopeOfCondition } from "../../options/find.ts";

export interface WhereFlags extends ScopeFlags {
  readonly where?: readonly string[];
}

export interface FoundTasks {
  /** Of experiments and entries. */
  readonly commits: ReadonlySet<string>;
  readonly inVain: InVain | undefined;
}

/** Those for which the condition holds; undefined without one. @param states which count where it holds for none here */
export async function tasksWhere(
  context: ExperimentsContext,
  flags: WhereFlags,
  states: ReadonlySet<RunState>,
): Promise<FoundTasks | undefined> {
  const { where } = flags;
  const scope = scopeOfCondition(flags);
  if (where === undefined) return undefined;
  const { findInScope } = await import("../../../experiments/find/scope.ts");
  const isMeant = ({ facts }: FilterRow) => states.has(facts.state);
  const { rows, inVain } = await findInScope(context, { where, best: undefined, top: undefined }, { scope, isMeant });
  return { commits: new Set(rows.map(({ facts }) => facts.commit)), inVain };
}

/** The status with no other tasks. */
export function onlyTasks(status: QueueStatus, commits: ReadonlySet<string> | undefined): QueueStatus {
  if (commits === undefined) return status;
  return { ...status, tasks: status.tasks.filter(({ commit }) => commits.has(commit)) };
}
