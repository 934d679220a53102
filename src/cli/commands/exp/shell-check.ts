/** Before experiments are queued or run: warns of values that a shell would misread; refuses them with --strict. */

import { type ShellCheckRequest, shellHazardLines } from "../../../experiments/point/shell-check.ts";
import type { ExperimentsContext } from "../../../experiments/repository.ts";
import { refuseHazards } from "../../../pipeline/check/shell-check.ts";
import { type Io, warn } from "../../terminal/io.ts";

const shownLines = 5;

/** Throws SHELL_CHARACTERS. Without --strict the run itself warns; what is queued runs out of sight, so that is told here. */
export async function checkCommands(
  io: Io,
  context: ExperimentsContext,
  request: ShellCheckRequest & { readonly runs: "here" | "later" },
): Promise<void> {
  const strict = request.flags.strict === true;
  if (!strict && request.runs === "here") return;
  const lines = await shellHazardLines(context, request);
  if (strict) refuseHazards(lines);
  for (const line of lines.slice(0, shownLines)) warn(io, line);
  if (lines.length > shownLines) warn(io, `${lines.length - shownLines} more values have shell characters`);
}
