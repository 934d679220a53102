/**
 * The syntax tree of one override. Nodes are plain readonly records with a `kind` and a span:
 * `offset` and `length` count UTF-16 code units of the text that was parsed. Numbers stay text here;
 * evaluation gives them a type.
 */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** `key=value`, `+key=value`, `++key=value`, `~key` or `~key=value`. */
export interface OverrideNode extends Span {
  readonly kind: "override";
  readonly prefix: Prefix;
  readonly key: KeyNode;
  /** null only for a bare delete: `~key`. */
  readonly value: ValueNode | null;
}

export type Prefix = "" | "+" | "++" | "~";

export interface KeyNode extends Span {
  readonly kind: "key";
  /** Without prefix and package: `train.lr`, `db/mysql`, `layers[0].units`. */
  readonly text: string;
  /** What the text is made of: a dotted key (`a.b`), a group (`a/b`) or a path with indices (`a[0].b`). */
  readonly form: "dotted" | "group" | "indexed";
  readonly segments: readonly string[];
  /** The part after `@`: null where there is none, "" for `key@=`. */
  readonly package: string | null;
}

export type ValueNode = EmptyNode | ElementNode | ChoicesNode;

/** Nothing after the `=`: the empty string. */
export interface EmptyNode extends Span {
  readonly kind: "empty";
}

/** `a,b,c`: a simple choice sweep, two elements at least. */
export interface ChoicesNode extends Span {
  readonly kind: "choices";
  readonly items: readonly ElementNode[];
}

export type ElementNode = PrimitiveNode | ListNode | DictNode | CallNode;

export type PrimitiveNode = WordNode | QuotedNode | LiteralNode;

/** Unquoted text: escapes are undone in `text`, `source` is as typed. */
export interface WordNode extends Span {
  readonly kind: "word";
  readonly text: string;
  readonly source: string;
}

export type Quote = "'" | '"';

export interface QuotedNode extends Span {
  readonly kind: "quoted";
  readonly text: string;
  readonly quote: Quote;
}

/** One token that stands for a typed value, as typed: `1_000`, `1e-3`, `True`, `NULL`. */
export interface LiteralNode extends Span {
  readonly kind: "int" | "float" | "bool" | "null";
  readonly source: string;
}

export interface ListNode extends Span {
  readonly kind: "list";
  readonly items: readonly ElementNode[];
}

export interface DictNode extends Span {
  readonly kind: "dict";
  readonly entries: readonly DictEntry[];
}

export interface DictEntry {
  readonly key: WordNode | LiteralNode;
  readonly value: ElementNode;
}

/** `name(1, key=2)`. Its span covers the closing parenthesis. */
export interface CallNode extends Span {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly CallArgument[];
}

export interface CallArgument extends Span {
  /** null for a positional argument. */
  readonly name: string | null;
  readonly value: ElementNode;
}

export type OverrideIssueCode =
  | "BLANK_IN_KEY"
  | "BRACKET_NOT_CLOSED"
  | "EQUAL_MISSING"
  | "GROUP_NAME_EXPECTED"
  | "INTERPOLATION_NOT_CLOSED"
  | "KEY_CHARACTER"
  | "NEEDS_QUOTES"
  | "NESTED_TOO_DEEPLY"
  | "OVERRIDE_TOO_LONG"
  | "QUOTE_NOT_CLOSED"
  | "UNEXPECTED_CLOSING"
  | "UNEXPECTED_EQUAL"
  | "UNEXPECTED_QUOTE"
  | "UNEXPECTED_TOKEN"
  | "VALUE_EXPECTED";

/** A refusal as data: the command line adds the place and colours. */
export interface OverrideIssue extends Span {
  readonly code: OverrideIssueCode;
  readonly message: string;
  readonly hint: string | undefined;
  readonly phase: "lexer" | "parser";
}

export type ParseOutcome =
  | { readonly ok: true; readonly text: string; readonly tree: OverrideNode }
  | { readonly ok: false; readonly text: string; readonly issue: OverrideIssue };
