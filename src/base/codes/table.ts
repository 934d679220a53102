/** What every table of codes holds: per code what it means, and what to do about it. docs/errors.md is made from them. */
export type CodeTable = Readonly<Record<string, readonly [means: string, remedy: string]>>;
