import { pointTexts } from "./texts.ts";
import type { Emit } from "./types.ts";

/** A logging command that sets the output variable `matrix`: a map, its keys the names of the legs. */
export const emitAzure: Emit = (emission) => {
  const legs = pointTexts(emission).map((point) => [`p${point.replace("-", "_")}`, { POINT: point }]);
  return `##vso[task.setvariable variable=matrix;isOutput=true]${JSON.stringify(Object.fromEntries(legs))}\n`;
};
