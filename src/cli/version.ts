declare const SWEEPLINE_VERSION: string | undefined;

/** Set by the bundler from package.json; "0.0.0-source" when the sources run unbundled, as in unit tests. */
export const version = typeof SWEEPLINE_VERSION === "string" ? SWEEPLINE_VERSION : "0.0.0-source";
