import type { DiffLayout } from "../../report/diffs.ts";
import type { Io } from "../terminal/io.ts";
import { terminalOf } from "../terminal/terminal.ts";

/** Options that the three diffs share. */
export interface DiffOptions {
  readonly all?: boolean;
  readonly json?: boolean;
  readonly md?: boolean;
  /** false with --no-path. */
  readonly path: boolean;
  readonly precision?: number;
}

export interface NamedRevisions {
  readonly old: string | undefined;
  readonly new: string | undefined;
}

export function diffLayout(io: Io, revisions: NamedRevisions, options: DiffOptions): DiffLayout {
  return {
    format: options.json ? "json" : options.md ? "markdown" : "table",
    oldName: revisions.old ?? "HEAD",
    newName: revisions.new ?? "workspace",
    paths: options.path ? "shown" : "hidden",
    precision: options.precision || undefined,
    json: terminalOf(io).width === "full" ? "line" : "indented",
  };
}
