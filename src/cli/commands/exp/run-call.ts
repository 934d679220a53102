/** What `sweepline exp run` was asked. */
import type { StartingPoint } from "../../../experiments/point/params-from-tree.ts";
import type { PointInputs } from "../../../experiments/point/point-inputs.ts";
import type { ExperimentsContext } from "../../../experiments/repository.ts";
import type { RunOptions } from "../../../pipeline/run-options.ts";
import type { Expansion } from "../../../sweep/expand.ts";
import type { CompositionFlags } from "../../options/composition.ts";
import type { EngineFlags } from "../../options/engine.ts";
import type { LimitFlags } from "../../options/limits.ts";
import type { ShapeFlags } from "../../options/sweep-shape.ts";
import type { Io } from "../../terminal/io.ts";

export interface RunCommandOptions extends EngineFlags, LimitFlags, CompositionFlags, ShapeFlags {
  readonly jobs?: number | "auto";
  readonly setParam?: readonly string[];
  readonly queue?: boolean;
  readonly runAll?: boolean;
  readonly temp?: boolean;
  readonly name?: string;
  readonly message?: string;
  readonly copyPaths?: readonly string[];
  readonly first?: boolean;
  readonly json?: boolean;
  readonly reset?: boolean;
  readonly rev?: string;
}

export interface RunCall {
  readonly io: Io;
  readonly context: ExperimentsContext;
  readonly targets: readonly string[];
  readonly options: RunCommandOptions;
  readonly run: RunOptions;
  readonly expansion: Expansion;
  readonly inputs: PointInputs;
  /** With --rev. */
  readonly from?: StartingPoint;
  /** Whether a run in the workspace asks before each stage. */
  readonly asks: boolean;
}

/** Where to read on after a failure. */
export const wholeLog = (name: string): string => `The whole log: sweepline exp logs ${name}`;
