import { randomBytes } from "node:crypto";
import { pointTexts } from "./texts.ts";
import type { Emit } from "./types.ts";

/** The outputs of a step, as they go to GITHUB_OUTPUT. The delimiter is random, so that no value can end its block. */
export const emitGithub: Emit = (emission) => {
  const matrix = JSON.stringify({ include: pointTexts(emission).map((point) => ({ point })) });
  const delimiter = `sweepline_${randomBytes(16).toString("hex")}`;
  return `matrix<<${delimiter}\n${matrix}\n${delimiter}\n`;
};
