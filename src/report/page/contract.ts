/** What a page of experiments is told, as JSON: written by the program, read by src/page. The one contract of both. */

export type CellValue = number | string | boolean | null | readonly CellValue[];
export type PageState = "running" | "queued" | "failed" | "success";

export interface PageColumn {
  /** `params.yaml:train.lr`: no other column has it. */
  readonly key: string;
  readonly file: string;
  readonly name: string;
  /** As in tables: with its file only where several have the name. */
  readonly label: string;
  readonly kind: "metric" | "param";
  readonly direction: "min" | "max" | null;
  /** Whether experiments differ there. */
  readonly varies: boolean;
}

export interface PageRow {
  /** The same while it waits, runs and is done. */
  readonly id: string;
  readonly name: string | null;
  readonly state: PageState;
  readonly sweep: string | null;
  /** Seconds since the epoch. */
  readonly created: number | null;
  readonly baseline: string;
  readonly commit: string;
  readonly note: string | null;
  readonly tags: readonly string[];
  readonly starred: boolean;
  /** One a column; null where there is none. */
  readonly values: readonly CellValue[];
  /** Of one that runs: the stage. */
  readonly stage?: string;
}

export interface PageEffect {
  /** The parameter's column. */
  readonly key: string;
  /** Its share of what can be explained, 0 to 1; null where nobody can tell. */
  readonly importance: number | null;
  readonly values: readonly {
    readonly label: string;
    readonly count: number;
    readonly mean: number;
    readonly best: number;
  }[];
}

export interface PageEffects {
  /** The metric's column. */
  readonly key: string;
  /** What share of the metric's differences can be foretold from parameters; null with too few points. */
  readonly explained: number | null;
  readonly parameters: readonly PageEffect[];
}

export interface PageCurve {
  /** The row. */
  readonly id: string;
  /** What is drawn: `curve.csv: loss`. */
  readonly label: string;
  readonly x: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface PageFailure {
  /** The last line that the log has, or what else is known. */
  readonly line: string;
  readonly names: readonly string[];
  /** The end of one of their logs. */
  readonly log: string;
}

export interface PageData {
  readonly title: string;
  /** What made it: `sweepline 1.2.3`. */
  readonly madeBy: string;
  /** Seconds since the epoch. */
  readonly madeAt: number;
  readonly columns: readonly PageColumn[];
  readonly rows: readonly PageRow[];
  readonly effects: readonly PageEffects[];
  readonly curves: readonly PageCurve[];
  readonly failures: readonly PageFailure[];
}
