import type { ExperimentFacts } from "./record.ts";

/** `train.optimizer.lr` as the name of an environment variable: SWEEPLINE_PARAM_TRAIN_OPTIMIZER_LR. */
function parameterVariable(key: string): string {
  return `SWEEPLINE_PARAM_${key.replace(/[^A-Za-z0-9]+/g, "_").toUpperCase()}`;
}

export interface StageEnvironmentFacts extends Pick<ExperimentFacts, "overrides" | "point"> {
  readonly name: string;
  readonly baseline: string;
}

/**
 * What stages of an experiment find in their environment: DVC's variables, and the point, in a form that no shell
 * can misread. DVC_ROOT and DVC_STAGE are added by the pipeline.
 */
export function stageEnvironment(facts: StageEnvironmentFacts): Record<string, string> {
  const parameters = facts.overrides.map((item) => [parameterVariable(item.key), item.value.replaceAll("\0", "")]);
  return {
    DVC_EXP_NAME: facts.name,
    DVC_EXP_BASELINE_REV: facts.baseline,
    ...Object.fromEntries(parameters),
    ...(facts.point === undefined ? {} : { SWEEPLINE_POINT: String(facts.point) }),
  };
}
