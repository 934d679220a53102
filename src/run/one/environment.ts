import type { ExperimentFacts, OverrideText } from "../../experiments/record.ts";
import { variablesOf } from "../../pipeline/reproduce/variables.ts";

function parameterVariables(overrides: readonly OverrideText[]): Record<string, string> {
  const variables = variablesOf(
    overrides.map(({ file, key, value }) => ({ file, key, text: value.replaceAll("\0", "") })),
  );
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );
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
  return {
    DVC_EXP_NAME: facts.name,
    DVC_EXP_BASELINE_REV: facts.baseline,
    ...parameterVariables(facts.overrides),
    ...(facts.point === undefined ? {} : { SWEEPLINE_POINT: String(facts.point) }),
  };
}
