import { defaultParamsFile } from "../../params/default-file.ts";

/** How the environment of a stage's commands names a parameter. */

function variablePart(text: string): string {
  return text.replace(/[^A-Za-z0-9]+/g, "_").toUpperCase();
}

/**
 * The variable of a parameter: `train.lr` is SWEEPLINE_PARAM_TRAIN_LR; that of another file than params.yaml has the
 * file's name in front of the key: SWEEPLINE_PARAM_MODEL_JSON_DEPTH.
 */
export function parameterVariable(key: string, file: string = defaultParamsFile): string {
  return `SWEEPLINE_PARAM_${file === defaultParamsFile ? "" : `${variablePart(file).replace(/^_/, "")}_`}${variablePart(key)}`;
}
