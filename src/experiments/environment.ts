import type { ExperimentFacts, OverrideText } from "./record.ts";

const defaultFile = "params.yaml";

function variablePart(text: string): string {
  return text.replace(/[^A-Za-z0-9]+/g, "_").toUpperCase();
}

/**
 * The environment variable of a parameter: `train.lr` is SWEEPLINE_PARAM_TRAIN_LR; that of another file than params.yaml
 * has the file's name in front of the key: SWEEPLINE_PARAM_MODEL_JSON_DEPTH.
 */
function parameterVariable({ file, key }: OverrideText): string {
  return `SWEEPLINE_PARAM_${file === defaultFile ? "" : `${variablePart(file)}_`}${variablePart(key)}`;
}

/** One variable a parameter. Two that would have the same name (a.b and a_b) get none: better no value than a wrong one. */
function parameterVariables(overrides: readonly OverrideText[]): Record<string, string> {
  const owners = new Map<string, Set<string>>();
  for (const item of overrides) {
    const name = parameterVariable(item);
    owners.set(name, (owners.get(name) ?? new Set()).add(`${item.file}:${item.key}`));
  }
  const unique = overrides.filter((item) => owners.get(parameterVariable(item))?.size === 1);
  return Object.fromEntries(unique.map((item) => [parameterVariable(item), item.value.replaceAll("\0", "")]));
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
