declare const SWEEPLINE_VERSION: string | undefined;
declare const SWEEPLINE_BUGS: string | undefined;

/** Set by the bundler from package.json; "0.0.0-source" when the sources run unbundled, as in unit tests. */
export const version = typeof SWEEPLINE_VERSION === "string" ? SWEEPLINE_VERSION : "0.0.0-source";

/** Where bugs are reported, `bugs` of package.json; empty where it names none. */
export const bugTracker = typeof SWEEPLINE_BUGS === "string" ? SWEEPLINE_BUGS : "";
