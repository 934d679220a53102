import { SweeplineError } from "../../../base/errors.ts";

export function notLoggedIn(): SweeplineError {
  return new SweeplineError({
    code: "NOT_LOGGED_IN",
    message: "Not logged in to Studio",
    hint: "`sweepline studio login` keeps a token.",
  });
}
