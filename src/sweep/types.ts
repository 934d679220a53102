import type { ParamEdit } from "../params/types.ts";

/** One override of one parameter file, swept values already chosen. */
export interface PointOverride {
  /** The parameter file, relative to the folder of the command; params.yaml where none was named. */
  readonly file: string;
  /** As Hydra writes a job's override: `train.lr=0.1`. */
  readonly text: string;
  readonly edit: ParamEdit;
}

/** One combination of a sweep: the parameters of one experiment. */
export interface Point {
  /** Position in the product, from 0. */
  readonly index: number;
  /** In the order of the command line, file by file. */
  readonly overrides: readonly PointOverride[];
}

/** One key of one file, and the values that it takes. A key that is not swept has one. */
export interface SweepAxis {
  readonly file: string;
  /** With prefix: `+train.lr`. */
  readonly key: string;
  readonly values: readonly PointOverride[];
}

/** Which points of a product are made: `--where`, `--when`. */
export interface Narrowing {
  /** All of them hold in each point. */
  readonly where: readonly string[];
  /** The key has its values where the condition holds, and elsewhere stays what it is without the sweep. */
  readonly when: readonly { readonly key: string; readonly condition: string }[];
}
