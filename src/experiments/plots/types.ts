/** Plots as dvc.yaml files define them, and what their files hold at a revision. */
import type { Value, ValueMap } from "../../base/value.ts";

/** One plot of one revision. */
export interface PlotDefinition {
  /** A file's name, or with `y: {file: column}` a name of its own. */
  readonly id: string;
  /** The dvc.yaml that lists it at its top; "" for outputs of stages and for files that the user names. */
  readonly file: string;
  /** `x`, `y`, `x_label`, `y_label`, `title`, `template`, `header`. */
  readonly props: ValueMap;
}

/** What a plot's file holds. `type`: the name that DVC has for such a failure. */
export type PlotSource =
  | { readonly kind: "data"; readonly data: Value }
  | { readonly kind: "image"; readonly bytes: Uint8Array }
  | { readonly kind: "error"; readonly type: string; readonly message: string };

/** What a revision says; files are named from the folder of the command. */
export interface RevisionPlots {
  /** As the user called it, or "workspace". */
  readonly rev: string;
  readonly definitions: readonly PlotDefinition[];
  readonly sources: ReadonlyMap<string, PlotSource>;
  /** Why nothing of it could be read. */
  readonly error?: { readonly type: string; readonly message: string };
}
