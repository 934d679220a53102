/**
 * Text with `${...}` in it, as OmegaConf has it in config files. Offsets count UTF-16 code units of the text that was
 * parsed. Numbers stay text here; evaluation gives them a type.
 */
import type { LiteralNode } from "../override/ast.ts";

export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** A whole value: `http://${host}:${port}`. A text that is one interpolation takes the type of what it names. */
export interface TextNode {
  readonly kind: "text";
  /** Strings with their escapes undone. */
  readonly parts: readonly (string | InterpolationNode)[];
}

export type InterpolationNode = ReferenceNode | CallNode;

/** A part of a path or name: fixed, or an interpolation that gives it: `${a.${b}}`. */
export type Segment = string | InterpolationNode;

/** `${a.b[0]}`, `${.a}`, `${..a}`. */
export interface ReferenceNode extends Span {
  readonly kind: "reference";
  /** Dots at the beginning: none counts from the top, one from the mapping or list that holds the value, two from the one above. */
  readonly dots: number;
  readonly path: readonly Segment[];
}

/** `${oc.env:HOME,none}`. */
export interface CallNode extends Span {
  readonly kind: "call";
  readonly name: readonly Segment[];
  readonly args: readonly ElementNode[];
}

export type ElementNode = LiteralNode | TextNode | QuotedNode | ListNode | DictNode;

/** In quotes: always a string, also where it is one interpolation. */
export interface QuotedNode {
  readonly kind: "quoted";
  readonly parts: TextNode["parts"];
}

export interface ListNode {
  readonly kind: "list";
  readonly items: readonly ElementNode[];
}

export interface DictNode {
  readonly kind: "dict";
  readonly entries: readonly (readonly [LiteralNode | TextNode, ElementNode])[];
}

export interface InterpolationIssue extends Span {
  /** Stable and upper case. */
  readonly code: "INTERPOLATION_INVALID" | "INTERPOLATION_TOO_DEEP";
  readonly message: string;
}

export type InterpolationResult<Tree> =
  | { readonly ok: true; readonly tree: Tree }
  | { readonly ok: false; readonly issue: InterpolationIssue };
