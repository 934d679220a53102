import { SweeplineError } from "../../../base/errors.ts";
import { someLines } from "../../../base/text/listing.ts";
import { visible } from "../../../base/text/visible.ts";
import type { FindRequest } from "../../../experiments/find/find.ts";
import type { FindScope } from "../../../experiments/find/scope.ts";
import type { ExperimentsContext } from "../../../experiments/repository.ts";
import { readCurves } from "../../../experiments/show/curves.ts";
import { curvesCsv, curvesJson, drawCurves, mostCurves } from "../../../report/curves/curves.ts";
import type { ShowFormat } from "../../../report/exp-show.ts";
import { revisionsAsked } from "../../options/find.ts";
import { warnUnreadable } from "../../options/targets.ts";
import { type Io, warn } from "../../terminal/io.ts";
import { terminalOf, unknownWidth } from "../../terminal/terminal.ts";

const plotHeight = 15;
const leastHeight = 4;
/** Of the screen: the title, the axis, the prompt. */
const linesAround = 3;

export interface CurveRequest {
  readonly key: string;
  readonly names: readonly string[];
  readonly find: FindRequest;
  readonly scope: FindScope;
  readonly format: ShowFormat;
}

/** As high as the screen lets it be. */
function heightFor(io: Io, curves: number): number {
  const rows = io.stdout.isTTY ? io.stdout.rows : undefined;
  return rows === undefined ? plotHeight : Math.max(leastHeight, Math.min(plotHeight, rows - curves - linesAround));
}

/** `exp show NAME... --curve KEY`. Errors: NOTHING_CHOSEN, UNKNOWN_COLUMN, BAD_OPTIONS. */
export async function showCurves(io: Io, context: ExperimentsContext, request: CurveRequest): Promise<void> {
  const { key, format } = request;
  const revisions = await revisionsAsked(context, request);
  const { curves, without, unreadable } = await readCurves(context, revisions, key);
  warnUnreadable(io, "plots", unreadable);
  if (curves.length === 0)
    throw new SweeplineError({
      code: "UNKNOWN_COLUMN",
      message: `no plots file and no checkpoints have numbers called '${visible(key)}'`,
      hint: "It is a column of a file that dvc.yaml lists under plots (FILE:COLUMN), or a metric of checkpoints.",
    });
  if (without.length > 0) warn(io, `no such numbers: ${someLines(without, mostCurves).join(", ")}`);
  const { width, colours } = terminalOf(io);
  if (format === "csv") io.stdout.write(curvesCsv(curves));
  else if (format === "json") io.stdout.write(curvesJson(curves, width === "full" ? "line" : "indented"));
  else if (curves.length > mostCurves)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: `${curves.length} curves can't be told apart in one picture (most: ${mostCurves})`,
      hint: "Name fewer experiments, or choose with --best METRIC --top N; --csv and --json take any number.",
    });
  else {
    const columns = width === "full" ? unknownWidth : width;
    io.stdout.write(drawCurves(key, curves, { width: columns, height: heightFor(io, curves.length), colours }));
  }
}
