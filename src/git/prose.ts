/**
 * What Git's own words mean: the only place that reads them, for what has neither an exit code nor a porcelain form and can't be
 * looked up afterwards. `gitEnvironment` pins them to English; a remote's are in whatever language it speaks.
 */
import { SweeplineError } from "../base/errors.ts";

/** The error for a repository that git refuses whatever is asked of it; undefined for any other failure. */
export function repositoryRefused(stderr: string): SweeplineError | undefined {
  const owner = /detected dubious ownership in repository at '(.+)'/.exec(stderr)?.[1];
  if (owner !== undefined)
    return new SweeplineError({
      code: "GIT_REFUSED",
      message: `Git refuses the repository at '${owner}': it belongs to another user`,
      hint: `If you trust it: git config --global --add safe.directory '${owner}'`,
    });
  const problem =
    /^fatal: (unknown repository (?:extension|v\d+-only extension).*|Expected git repo version.*|unsupported ref storage.*|invalid value for 'extensions\..*)/m.exec(
      stderr,
    );
  if (problem === null) return undefined;
  const format = /\n\t(\S+)/.exec(stderr)?.[1];
  return new SweeplineError({
    code: "GIT_REFUSED",
    message: `this Git can't read the repository: ${problem[1]?.replace(/:$/, "") ?? ""}${format === undefined ? "" : ` '${format}'`}`,
    hint: "Use a newer Git: `git status` must work here.",
  });
}

/** A partial clone's remote did not give an object that Git wanted: it ends then. */
export function isPromisorFailure(stderr: string): boolean {
  return /^fatal: (?:could not fetch .* from promisor remote|could not read from remote repository)/im.test(stderr);
}

const denied =
  /permission denied|permission to \S+ denied|authentication failed|access denied|could not read (?:username|password)|returned error: 40[13]|not allowed to (?:push|upload)/i;

/** A remote does not let us in, and will not the next time. */
export function isRemoteDenied(stderr: string): boolean {
  return denied.test(stderr) && !/rate limit/i.test(stderr);
}

/** What the server said of a push: its hooks give their reasons there. */
export function remoteWords(stderr: string): string {
  const lines = stderr.split("\n").flatMap((line) => /^remote: (.*\S)/.exec(line)?.[1] ?? []);
  const words = lines.slice(-3).join("; ");
  return words.length > 300 ? `${words.slice(0, 300).replace(/\s+\S*$/, "")}...` : words;
}

/**
 * Why a remote refused a ref. "raced": somebody changed it at the same moment. "denied": a rule of the server's, which will say no
 * again. "other": a lock or an error of its own, which may be gone the next time.
 */
export type PushRefusal = "raced" | "denied" | "other";

const declined = /hook declined|denied|prohibited|protected|not allowed|forbidden|unauthorized|not permitted/i;
const passing = /rate limit|time[ds]?[ -]?out|unavailable|unreachable|try again|try later|internal (?:server )?error/i;
const raced = /cannot lock ref|reference already exists|failed to update ref|failed to lock/i;

export function pushRefusal(reason: string): PushRefusal {
  if (declined.test(reason)) return passing.test(reason) ? "other" : "denied";
  return raced.test(reason) && !/cannot create/i.test(reason) ? "raced" : "other";
}
