import { EmbeddedActionsParser, type IToken, tokenMatcher } from "chevrotain";
import type { Arithmetic, Comparison, FilterIssue, FilterNode } from "./ast.ts";
import * as t from "./tokens.ts";

/** Brackets inside brackets, and `not` before `not`. */
const deepestFilter = 64;

/** Thrown inside the parser only, and caught where it is called. */
export class FilterRefusal extends Error {
  constructor(readonly issue: FilterIssue) {
    super(issue.message);
  }
}

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

/** What stands in the quotes. A backslash before a letter that is no escape stays: patterns are full of them. */
function textIn(image: string): string {
  return image.slice(1, -1).replace(/\\([\s\S])/g, (whole, char: string) => {
    if (char === '"' || char === "'" || char === "\\") return char === "\\" ? "\\" : char;
    return escapes[char] ?? whole;
  });
}

const endOf = (node: FilterNode) => node.offset + node.length;

function span(first: FilterNode, last: FilterNode) {
  return { offset: first.offset, length: endOf(last) - first.offset };
}

function at(token: IToken) {
  return { offset: token.startOffset, length: token.image.length };
}

function comparisonOf(image: string): Comparison {
  if (image === "=") return "==";
  return (image === "<>" ? "!=" : image) as Comparison;
}

/** One rule a production, which stands above it; actions build the tree directly. */
export class FilterParser extends EmbeddedActionsParser {
  #depth = 0;

  constructor() {
    super(t.filterTokens, { maxLookahead: 2, recoveryEnabled: false, nodeLocationTracking: "none" });
    this.performSelfAnalysis();
  }

  /** The tree of a text; undefined where there is an error, which is then in `errors`. Throws FilterRefusal. */
  read(tokens: IToken[]): FilterNode | undefined {
    this.input = tokens;
    this.#depth = 0;
    return this.filter();
  }

  #nested(token: IToken, work: () => FilterNode): FilterNode {
    this.#depth++;
    if (this.#depth > deepestFilter)
      throw new FilterRefusal({
        message: `brackets and 'not' are nested more than ${deepestFilter} deep`,
        ...at(token),
      });
    const node = work();
    this.#depth--;
    return node;
  }

  // filter : all ("or" all)*
  readonly filter = this.RULE("filter", (): FilterNode => {
    const first = this.SUBRULE(this.all);
    const operands = [first];
    this.MANY(() => {
      this.CONSUME(t.Or);
      operands.push(this.SUBRULE2(this.all));
    });
    return operands.length < 2 ? first : { kind: "or", operands, ...span(first, operands.at(-1) ?? first) };
  });

  // all : condition ("and" condition)*
  readonly all = this.RULE("all", (): FilterNode => {
    const first = this.SUBRULE(this.condition);
    const operands = [first];
    this.MANY(() => {
      this.CONSUME(t.And);
      operands.push(this.SUBRULE2(this.condition));
    });
    return operands.length < 2 ? first : { kind: "and", operands, ...span(first, operands.at(-1) ?? first) };
  });

  // condition : ("not" | "!") condition | comparison
  readonly condition = this.RULE("condition", (): FilterNode => {
    return this.OR<FilterNode>([
      {
        ALT: () => {
          const token = this.OR2([{ ALT: () => this.CONSUME(t.Not) }, { ALT: () => this.CONSUME(t.Exclamation) }]);
          const operand = this.#nested(token, () => this.SUBRULE(this.condition));
          return this.ACTION(() => prefixed("not", token, operand));
        },
      },
      { ALT: () => this.SUBRULE(this.comparison) },
    ]);
  });

  // comparison : sum (operator sum)*
  readonly comparison = this.RULE("comparison", (): FilterNode => {
    const first = this.SUBRULE(this.sum);
    const rest: { operator: Comparison; operand: FilterNode }[] = [];
    this.MANY(() => {
      const operator = this.SUBRULE(this.operator);
      rest.push({ operator, operand: this.SUBRULE2(this.sum) });
    });
    return this.ACTION(() => compared(first, rest));
  });

  // operator : "==" | "!=" | "<" | "<=" | ">" | ">=" | "=~" | "!~" | "in" | "not" "in"
  readonly operator = this.RULE("operator", (): Comparison => {
    return this.OR<Comparison>([
      { ALT: () => comparisonOf(this.CONSUME(t.Order).image) },
      {
        ALT: () => {
          this.CONSUME(t.Match);
          return "=~";
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.NoMatch);
          return "!~";
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.In);
          return "in";
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Not);
          this.CONSUME2(t.In);
          return "not in";
        },
      },
    ]);
  });

  // sum : product (("+" | "-") product)*
  readonly sum = this.RULE("sum", (): FilterNode => {
    const first = this.SUBRULE(this.product);
    const rest: { operator: Arithmetic; operand: FilterNode }[] = [];
    this.MANY(() => {
      const token = this.OR([{ ALT: () => this.CONSUME(t.Plus) }, { ALT: () => this.CONSUME(t.Minus) }]);
      const operator = this.ACTION(() => token.image as Arithmetic);
      rest.push({ operator, operand: this.SUBRULE2(this.product) });
    });
    return chained(first, rest);
  });

  // product : factor (("*" | "/" | "%") factor)*
  readonly product = this.RULE("product", (): FilterNode => {
    const first = this.SUBRULE(this.factor);
    const rest: { operator: Arithmetic; operand: FilterNode }[] = [];
    this.MANY(() => {
      const { image } = this.CONSUME(t.Times);
      rest.push({ operator: image as Arithmetic, operand: this.SUBRULE2(this.factor) });
    });
    return chained(first, rest);
  });

  // factor : "-" factor | brackets | list | literal | name
  readonly factor = this.RULE("factor", (): FilterNode => {
    return this.OR<FilterNode>([
      {
        ALT: () => {
          const token = this.CONSUME(t.Minus);
          const operand = this.#nested(token, () => this.SUBRULE(this.factor));
          return this.ACTION(() => prefixed("minus", token, operand));
        },
      },
      { ALT: () => this.SUBRULE(this.brackets) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.literal) },
      { ALT: () => this.SUBRULE(this.name) },
    ]);
  });

  // brackets : "(" filter ("," filter)* ","? ")": with a comma a list, as in Python
  readonly brackets = this.RULE("brackets", (): FilterNode => {
    const open = this.CONSUME(t.ParenOpen);
    const inner = this.#nested(open, () => this.SUBRULE(this.filter));
    const more: FilterNode[] = [];
    let isList = false;
    this.MANY(() => {
      this.CONSUME(t.Comma);
      more.push(this.#nested(open, () => this.SUBRULE2(this.filter)));
    });
    this.OPTION(() => {
      this.CONSUME2(t.Comma);
      isList = true;
    });
    const close = this.CONSUME(t.ParenClose);
    const place = { offset: open.startOffset, length: close.startOffset + 1 - open.startOffset };
    return isList || more.length > 0 ? { kind: "list", items: [inner, ...more], ...place } : { ...inner, ...place };
  });

  // list : "[" (sum ("," sum)*)? "]"
  readonly list = this.RULE("list", (): FilterNode => {
    const open = this.CONSUME(t.BracketOpen);
    const items: FilterNode[] = [];
    this.MANY_SEP({
      SEP: t.Comma,
      DEF: () => {
        items.push(this.#nested(open, () => this.SUBRULE(this.sum)));
      },
    });
    const close = this.CONSUME(t.BracketClose);
    return { kind: "list", items, offset: open.startOffset, length: close.startOffset + 1 - open.startOffset };
  });

  // literal : Number | Duration | Text | "true" | "false" | "null"
  readonly literal = this.RULE("literal", (): FilterNode => {
    const token = this.OR([
      { ALT: () => this.CONSUME(t.NumberText) },
      { ALT: () => this.CONSUME(t.Duration) },
      { ALT: () => this.CONSUME(t.Text) },
      { ALT: () => this.CONSUME(t.True) },
      { ALT: () => this.CONSUME(t.False) },
      { ALT: () => this.CONSUME(t.Null) },
    ]);
    return this.ACTION(() => ({ kind: "literal", value: literalValue(token), ...at(token) }));
  });

  // name : Name | FileName | Quoted
  readonly name = this.RULE("name", (): FilterNode => {
    const token = this.OR([
      { ALT: () => this.CONSUME(t.Name) },
      { ALT: () => this.CONSUME(t.FileName) },
      { ALT: () => this.CONSUME(t.Quoted) },
    ]);
    return this.ACTION(() => nameNode(token));
  });
}

function chained(
  first: FilterNode,
  rest: readonly { readonly operator: Arithmetic; readonly operand: FilterNode }[],
): FilterNode {
  const last = rest.at(-1);
  return last === undefined ? first : { kind: "arithmetic", first, rest, ...span(first, last.operand) };
}

function holdsComparison(node: FilterNode): boolean {
  switch (node.kind) {
    case "literal":
    case "name":
      return false;
    case "list":
      return node.items.some(holdsComparison);
    case "minus":
      return holdsComparison(node.operand);
    case "arithmetic":
      return [node.first, ...node.rest.map(({ operand }) => operand)].some(holdsComparison);
    default:
      return true;
  }
}

/** `a < b < c` is `a < b and b < c`. What stands in the middle is asked twice: chains within chains would be without end. */
function compared(
  first: FilterNode,
  rest: readonly { readonly operator: Comparison; readonly operand: FilterNode }[],
): FilterNode {
  const inner = rest.slice(0, -1).find(({ operand }) => holdsComparison(operand));
  if (inner !== undefined) {
    const { offset, length } = inner.operand;
    const message = "a condition can't be compared on both sides";
    throw new FilterRefusal({ message, offset, length, hint: "Join comparisons with `and`." });
  }
  const operands = rest.map(({ operator, operand: right }, at): FilterNode => {
    const left = rest[at - 1]?.operand ?? first;
    return { kind: "compare", operator, left, right, ...span(left, right) };
  });
  const [only = first, second] = operands;
  return second === undefined ? only : { kind: "and", operands, ...span(first, operands.at(-1) ?? first) };
}

function nameNode(token: IToken): FilterNode {
  const { image } = token;
  return { kind: "name", name: image.startsWith("`") ? image.slice(1, -1) : image, ...at(token) };
}

function prefixed(kind: "not" | "minus", token: IToken, operand: FilterNode): FilterNode {
  return { kind, operand, offset: token.startOffset, length: endOf(operand) - token.startOffset };
}

function literalValue(token: IToken): number | string | boolean | null {
  const { image } = token;
  if (tokenMatcher(token, t.NumberText)) return Number(image);
  if (tokenMatcher(token, t.Duration)) return Number(image.slice(0, -1)) * (secondsOf[image.slice(-1)] ?? 1);
  if (tokenMatcher(token, t.Text)) return textIn(image);
  return tokenMatcher(token, t.Null) ? null : tokenMatcher(token, t.True);
}
