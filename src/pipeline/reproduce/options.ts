import type { FileState } from "../../store/state.ts";
import type { StageRunner } from "../locks/owner-links.ts";
import type { WorkspaceLock } from "../locks/workspace-lock.ts";
import type { StageOutputTarget } from "../processes/command.ts";
import type { ProjectStages } from "../reading/project-stages.ts";
import type { RunOptions } from "../run-options.ts";
import type { LockItem } from "../types.ts";
import type { ReproduceFacts } from "./result.ts";

/** Takes the checkpoints of stages that have some. */
export interface CheckpointKeeper {
  /** "afresh": a stage does not find what an earlier run of it left; "continue": it goes on from there. */
  readonly start: "afresh" | "continue";
  /** Steps of DVCLive from one checkpoint to the next, besides those that stages ask for. */
  readonly every?: number | undefined;
  /** What a stage of that address goes on from: its outputs where it ends before it has made a checkpoint. */
  beginsWith?(stage: string): readonly LockItem[] | undefined;
  /**
   * Called when the lock file and the cache have the checkpoint, while the stage stands still. When it resolves the checkpoint is
   * safe. Answers its commit.
   */
  register(facts: ReproduceFacts): Promise<string>;
}

/** What of a project is reproduced, how, and with what at hand. */
export interface ReproduceOptions extends RunOptions {
  /** The folder of the command: targets and the addresses in messages are relative to it. Default: the project's root. */
  readonly folder?: string;
  /** dvc.yaml, stage, path/dvc.yaml:stage, stage@key, output path, .dvc file; empty: the dvc.yaml here. */
  readonly targets: readonly string[];
  /** Added to the environment of stage commands (DVC_EXP_NAME, SWEEPLINE_PARAM_...). undefined takes a variable away. DVC_ROOT and DVC_STAGE are set by the pipeline. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** DVC_ROOT's value: the user's repository, also in a copy. */
  readonly dvcRoot: string;
  readonly output: StageOutputTarget;
  readonly signal: AbortSignal;
  /** The project's stages, where the caller has read them already. */
  readonly stages?: ProjectStages;
  /** What is remembered of files that were hashed before; default: nothing. The caller closes it. */
  readonly state?: FileState;
  /** Who runs: a stage that another runner is running is waited for. Default: nobody is waited for. */
  readonly runner?: StageRunner;
  /** Held by the caller, for a run in the user's workspace. Default: nobody else comes here. */
  readonly lock?: WorkspaceLock;
  /** Without it a stage that makes checkpoints is refused. */
  readonly checkpoints?: CheckpointKeeper;
}
