import { SweeplineError } from "../../base/errors.ts";

/** BAD_OPTIONS, to be thrown, for options that each are right and do not go together or together say too little. */
export function optionsRefused(message: string, hint?: string): SweeplineError {
  return new SweeplineError({ code: "BAD_OPTIONS", message, ...(hint === undefined ? {} : { hint }) });
}
