/** Conditions on experiments: `accuracy > 0.95 and optimizer.name != "sgd"`. Offsets count UTF-16 code units from 0. */

export interface FilterPlace {
  readonly offset: number;
  readonly length: number;
}

export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=" | "=~" | "!~" | "in" | "not in";
export type Arithmetic = "+" | "-" | "*" | "/" | "%";

export type FilterNode = FilterPlace &
  (
    | { readonly kind: "literal"; readonly value: number | string | boolean | null }
    | { readonly kind: "list"; readonly items: readonly FilterNode[] }
    /** A metric, a parameter or a fact such as `state`: `train.lr`, `params.yaml:train.lr`. */
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "not" | "minus"; readonly operand: FilterNode }
    /** At least two. */
    | { readonly kind: "and" | "or"; readonly operands: readonly FilterNode[] }
    | { readonly kind: "compare"; readonly operator: Comparison; readonly left: FilterNode; readonly right: FilterNode }
    /** From left to right. */
    | {
        readonly kind: "arithmetic";
        readonly first: FilterNode;
        readonly rest: readonly { readonly operator: Arithmetic; readonly operand: FilterNode }[];
      }
  );

export interface FilterIssue extends FilterPlace {
  readonly message: string;
  readonly hint?: string;
}

export type FilterResult =
  | { readonly ok: true; readonly filter: FilterNode }
  | { readonly ok: false; readonly issue: FilterIssue };
