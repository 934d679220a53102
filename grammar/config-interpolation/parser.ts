import { EmbeddedActionsParser, type IToken, type ParserMethod, tokenMatcher } from "chevrotain";
import type { LiteralNode } from "../override/ast.ts";
import type {
  CallNode,
  DictNode,
  ElementNode,
  InterpolationNode,
  ListNode,
  QuotedNode,
  ReferenceNode,
  Segment,
  TextNode,
} from "./ast.ts";
import * as t from "./tokens.ts";

type Part = TextNode["parts"][number];

/** A call's name that is none: `${a[0]:x}`, `${.a:x}`. The parser stops there. */
export class NotAName extends Error {
  constructor(readonly token: IToken) {
    super("not a name");
  }
}

/** One rule a production, which stands above it; actions build the tree directly. */
export class ConfigInterpolationParser extends EmbeddedActionsParser {
  constructor() {
    super(t.allTokens, { maxLookahead: 1, recoveryEnabled: false, nodeLocationTracking: "none" });
    this.performSelfAnalysis();
  }

  /** The tree of a text; undefined where there is an error, which is then in `errors`. */
  readText(tokens: IToken[]): TextNode | undefined {
    this.input = tokens;
    return this.wholeText();
  }

  /** The tree of one element, as oc.decode reads it. */
  readElement(tokens: IToken[]): ElementNode | undefined {
    this.input = tokens;
    return this.element();
  }

  // text : (ESCAPED_OPEN | PAIRS_BEFORE_OPEN | TEXT | interpolation)*
  private readonly wholeText: ParserMethod<[], TextNode> = this.RULE("text", (): TextNode => {
    const parts: Part[] = [];
    this.MANY(() => {
      parts.push(
        this.OR<Part>([
          { ALT: () => unescapeOpen(this.CONSUME(t.EscapedOpen).image) },
          { ALT: () => halved(this.CONSUME(t.PairsBeforeOpen).image) },
          { ALT: () => this.CONSUME(t.Text).image },
          { ALT: () => this.SUBRULE(this.interpolation) },
        ]),
      );
    });
    return { kind: "text", parts: joined(parts) };
  });

  // interpolation : "${" "."* segment ("." segment | "[" segment "]")* ("}" | ":" sequence? "}")
  private readonly interpolation: ParserMethod<[], InterpolationNode> = this.RULE("interpolation", () => {
    const open = this.CONSUME(t.Open);
    let dots = 0;
    let notInName: IToken | undefined;
    this.MANY(() => {
      const token = this.CONSUME(t.Dot);
      notInName ??= token;
      dots++;
    });
    const path: Segment[] = [];
    this.OR([
      { ALT: () => path.push(this.SUBRULE(this.segment)) },
      {
        ALT: () => {
          const token = this.CONSUME(t.BracketOpen);
          notInName ??= token;
          path.push(this.SUBRULE2(this.segment));
          this.CONSUME(t.BracketClose);
        },
      },
    ]);
    this.MANY2(() =>
      this.OR2([
        {
          ALT: () => {
            this.CONSUME2(t.Dot);
            path.push(this.SUBRULE3(this.segment));
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME2(t.BracketOpen);
            notInName ??= token;
            path.push(this.SUBRULE4(this.segment));
            this.CONSUME2(t.BracketClose);
          },
        },
      ]),
    );
    const offset = open.startOffset;
    return this.OR3<ReferenceNode | CallNode>([
      {
        ALT: () => {
          const close = this.CONSUME(t.PathClose);
          return { kind: "reference", dots, path, offset, length: endOf(close) - offset };
        },
      },
      {
        ALT: () => {
          const colon = this.CONSUME(t.ArgumentsBegin);
          this.ACTION(() => {
            if (notInName !== undefined || !isName(path)) throw new NotAName(notInName ?? colon);
          });
          const args = this.OPTION(() => this.SUBRULE(this.sequence)) ?? [];
          const close = this.CONSUME(t.BraceClose);
          return { kind: "call", name: path, args, offset, length: endOf(close) - offset };
        },
      },
    ]);
  });

  // segment : NAME | interpolation
  private readonly segment: ParserMethod<[], Segment> = this.RULE("segment", () =>
    this.OR<Segment>([{ ALT: () => this.CONSUME(t.Name).image }, { ALT: () => this.SUBRULE(this.interpolation) }]),
  );

  // sequence : (element | ",")+, where a comma without an element before it stands for an empty text
  private readonly sequence: ParserMethod<[], ElementNode[]> = this.RULE("sequence", () => {
    const items: ElementNode[] = [];
    this.OR([
      { ALT: () => items.push(this.SUBRULE(this.element)) },
      {
        ALT: () => {
          this.CONSUME(t.Comma);
          items.push(emptyText, this.OPTION(() => this.SUBRULE2(this.element)) ?? emptyText);
        },
      },
    ]);
    this.MANY(() => {
      this.CONSUME2(t.Comma);
      items.push(this.OPTION2(() => this.SUBRULE3(this.element)) ?? emptyText);
    });
    return items;
  });

  // element : quoted | list | dict | primitive
  private readonly element: ParserMethod<[], ElementNode> = this.RULE("element", () =>
    this.OR<ElementNode>([
      { ALT: () => this.SUBRULE(this.singleQuoted) },
      { ALT: () => this.SUBRULE(this.doubleQuoted) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.dict) },
      { ALT: () => this.SUBRULE(this.primitive) },
    ]),
  );

  // singleQuoted : "'" (ESCAPED_OPEN | ESCAPED_SINGLE | PAIRS_BEFORE_SINGLE | SINGLE_TEXT | interpolation)* "'"
  private readonly singleQuoted: ParserMethod<[], QuotedNode> = this.RULE("singleQuoted", (): QuotedNode => {
    const parts: Part[] = [];
    this.CONSUME(t.SingleQuote);
    this.MANY(() => {
      parts.push(
        this.OR<Part>([
          { ALT: () => unescapeOpen(this.CONSUME(t.EscapedOpen).image) },
          { ALT: () => unescapeQuote(this.CONSUME(t.EscapedSingle).image) },
          { ALT: () => halved(this.CONSUME(t.PairsBeforeSingle).image) },
          { ALT: () => this.CONSUME(t.SingleText).image },
          { ALT: () => this.SUBRULE(this.interpolation) },
        ]),
      );
    });
    this.CONSUME(t.QuoteClose);
    return { kind: "quoted", parts: joined(parts) };
  });

  // doubleQuoted : '"' (ESCAPED_OPEN | ESCAPED_DOUBLE | PAIRS_BEFORE_DOUBLE | DOUBLE_TEXT | interpolation)* '"'
  private readonly doubleQuoted: ParserMethod<[], QuotedNode> = this.RULE("doubleQuoted", (): QuotedNode => {
    const parts: Part[] = [];
    this.CONSUME(t.DoubleQuote);
    this.MANY(() => {
      parts.push(
        this.OR<Part>([
          { ALT: () => unescapeOpen(this.CONSUME(t.EscapedOpen).image) },
          { ALT: () => unescapeQuote(this.CONSUME(t.EscapedDouble).image) },
          { ALT: () => halved(this.CONSUME(t.PairsBeforeDouble).image) },
          { ALT: () => this.CONSUME(t.DoubleText).image },
          { ALT: () => this.SUBRULE(this.interpolation) },
        ]),
      );
    });
    this.CONSUME(t.QuoteClose);
    return { kind: "quoted", parts: joined(parts) };
  });

  // list : "[" sequence? "]"
  private readonly list: ParserMethod<[], ListNode> = this.RULE("list", (): ListNode => {
    this.CONSUME(t.BracketOpen);
    const items = this.OPTION(() => this.SUBRULE(this.sequence)) ?? [];
    this.CONSUME(t.BracketClose);
    return { kind: "list", items };
  });

  // dict : "{" (dictKey ":" element ("," dictKey ":" element)*)? "}"
  private readonly dict: ParserMethod<[], DictNode> = this.RULE("dict", (): DictNode => {
    const entries: DictNode["entries"][number][] = [];
    this.CONSUME(t.BraceOpen);
    this.MANY_SEP({
      SEP: t.Comma,
      DEF: () => {
        const key = this.SUBRULE(this.dictKey);
        this.CONSUME(t.Colon);
        entries.push([key, this.SUBRULE(this.element)]);
      },
    });
    this.CONSUME(t.BraceClose);
    return { kind: "dict", entries };
  });

  // dictKey : BARE+
  private readonly dictKey: ParserMethod<[], LiteralNode | TextNode> = this.RULE("dictKey", () => {
    const tokens: IToken[] = [];
    this.AT_LEAST_ONE(() => {
      tokens.push(this.CONSUME(t.Bare));
    });
    return this.ACTION(() => primitiveOf(tokens));
  });

  // primitive : (BARE_VALUE | interpolation)+
  private readonly primitive: ParserMethod<[], LiteralNode | TextNode> = this.RULE("primitive", () => {
    const parts: (IToken | InterpolationNode)[] = [];
    this.AT_LEAST_ONE(() => {
      parts.push(
        this.OR<IToken | InterpolationNode>([
          { ALT: () => this.CONSUME(t.BareValue) },
          { ALT: () => this.SUBRULE(this.interpolation) },
        ]),
      );
    });
    return this.ACTION(() => primitiveOf(parts));
  });
}

const emptyText: TextNode = { kind: "text", parts: [""] };
const identifier = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const endOf = (token: IToken): number => token.startOffset + token.image.length;
const halved = (backslashes: string): string => backslashes.slice(backslashes.length / 2);
const unescapeOpen = (image: string): string => `${image.slice((image.length - 1) / 2 + 0.5, -2)}\${`;
const unescapeQuote = (image: string): string => image.slice(image.length / 2);

function isName(path: readonly Segment[]): boolean {
  return path.every((segment) => typeof segment !== "string" || identifier.test(segment));
}

/** Neighbouring strings as one: a text of one interpolation is the only one with a single part that is none. */
function joined(parts: readonly Part[]): Part[] {
  const result: Part[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (typeof part === "string" && typeof last === "string") result[result.length - 1] = last + part;
    else result.push(part);
  }
  return result;
}

const literalKinds = [
  [t.Int, "int"],
  [t.Float, "float"],
  [t.Bool, "bool"],
  [t.Null, "null"],
] as const;

/** One token that stands for a value is that value; anything more is text. */
function primitiveOf(parts: readonly (IToken | InterpolationNode)[]): LiteralNode | TextNode {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && !("kind" in only)) {
    const literal = literalKinds.find(([type]) => tokenMatcher(only, type));
    if (literal !== undefined)
      return { kind: literal[1], source: only.image, offset: only.startOffset, length: only.image.length };
  }
  return { kind: "text", parts: joined(parts.map((part) => ("kind" in part ? part : wordText(part)))) };
}

function wordText(token: IToken): string {
  return tokenMatcher(token, t.Escape) ? token.image.replace(/\\(.)/gs, "$1") : token.image;
}
