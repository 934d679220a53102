/** Groups of experiments as text: for `exp show --group-by`, and for replicas that are folded. */
import { chooseRows } from "../../experiments/find/find.ts";
import { foldExperiments, type GroupOrder, groupExperiments } from "../../experiments/find/group.ts";
import type { Baseline } from "../../experiments/reading/types.ts";
import { type GroupsFormat, renderGroups } from "../../report/view/groups.ts";
import type { Io } from "../terminal/io.ts";
import { terminalOf } from "../terminal/terminal.ts";

export interface GroupsAsked extends Pick<GroupsFormat, "format" | "precision"> {
  /** `over`: parameters in which replicas differ. */
  readonly by: { readonly names: readonly string[] } | { readonly over: readonly string[] };
  readonly order: GroupOrder | undefined;
}

/** Errors: UNKNOWN_SORT_COLUMN, AMBIGUOUS_SORT_COLUMN, BAD_OPTIONS where a group is asked for by a metric. */
export function drawGroups(
  io: Io,
  baselines: readonly Baseline[],
  { by, order, format, precision }: GroupsAsked,
): string {
  const { rows, columns } = chooseRows(baselines, { where: undefined, best: undefined, top: undefined });
  const grouped =
    "over" in by ? foldExperiments(rows, columns, { ...by, order }) : groupExperiments(rows, columns, { ...by, order });
  return renderGroups(grouped, { format, precision, width: terminalOf(io).width, columns });
}
