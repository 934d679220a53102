/** What jobs install: a package as npm names it. */
import { SweeplineError } from "../base/errors.ts";
import { matrixExitCodes } from "./exit-codes.ts";

/** Fixes of the same minor version are taken, so that all jobs read each other's plans. */
export function defaultPackage(version: string): string {
  return `sweepline@${version.split(".").slice(0, 2).join(".")}`;
}

/**
 * A name with or without a version, a file or a URL. It stands in scripts and YAML of nine systems, so only characters
 * are taken that mean nothing there inside of double quotes. Throws BAD_PACKAGE.
 */
export function checkPackage(spec: string): void {
  if (/^[\w@./][\w@./:+~^#=-]*$/.test(spec)) return;
  throw new SweeplineError({
    code: "BAD_PACKAGE",
    message: `'${spec}' can't be installed by jobs`,
    hint: "A name, a file or a URL: letters, digits and _ @ . / : + ~ ^ # = - work. A path is relative to the project.",
    exitCode: matrixExitCodes.usage,
  });
}

/** The command that installs it. */
export function npmInstall(spec: string, flags: readonly string[] = []): string {
  return ["npm install --global", ...flags, `"${spec}"`].join(" ");
}

/** A job's line that takes data from a folder of its machine, where SWEEP_CACHE names one. */
export function useCache(variable = "$SWEEP_CACHE"): string {
  return `test -z "${variable}" || sweepline config --local cache.dir "${variable}"`;
}
