import { EmbeddedActionsParser, type IToken } from "chevrotain";
import type {
  CallArgument,
  CallNode,
  DictEntry,
  DictNode,
  ElementNode,
  KeyNode,
  ListNode,
  LiteralNode,
  OverrideNode,
  Prefix,
  PrimitiveNode,
  QuotedNode,
  ValueNode,
  WordNode,
} from "./ast.ts";
import { expectation, maxNesting, NestedTooDeeply } from "./errors.ts";
import { unquote } from "./scan.ts";
import * as t from "./tokens.ts";

const endOf = (token: IToken): number => token.startOffset + token.image.length;
const endOfNode = (node: { readonly offset: number; readonly length: number }): number => node.offset + node.length;

/**
 * One rule a production, which stands above it. Actions build the syntax tree directly: for this language that is
 * twice as fast as a concrete tree and a visitor. While chevrotain records the grammar, actions see dummy tokens.
 */
export class OverrideParser extends EmbeddedActionsParser {
  private depth = 0;

  constructor() {
    super(t.allTokens, {
      maxLookahead: 1,
      recoveryEnabled: false,
      nodeLocationTracking: "none",
      skipValidations: true,
      errorMessageProvider: expectation,
    });
    this.performSelfAnalysis();
  }

  /** The tree of an override; undefined where there is an error, which is then in `errors`. */
  read(tokens: IToken[]): OverrideNode | undefined {
    this.depth = 0;
    this.input = tokens;
    return this.override();
  }

  private enter(opening: IToken): void {
    this.depth++;
    if (this.depth > maxNesting) throw new NestedTooDeeply(opening);
  }

  // override : prefix key assignment?                 only "~" may go without the assignment
  readonly override = this.RULE("override", (): OverrideNode => {
    const prefix = this.SUBRULE(this.prefix);
    const key = this.SUBRULE(this.key);
    const value = this.OR<ValueNode | null>([
      { ALT: () => this.SUBRULE(this.assignment) },
      { GATE: () => prefix === "~", ALT: () => null },
    ]);
    return { kind: "override", prefix, key, value, offset: 0, length: endOfNode(value ?? key) };
  });

  // prefix : ("~" | "+" "+"?)?
  readonly prefix = this.RULE(
    "prefix",
    (): Prefix =>
      this.OR<Prefix>([
        {
          ALT: () => {
            this.CONSUME(t.Tilde);
            return "~";
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.Plus);
            return this.OPTION(() => this.CONSUME2(t.Plus)) === undefined ? "+" : "++";
          },
        },
        { ALT: () => "" },
      ]),
  );

  // key : KeyName? ("/" Id)* ("@" PackageName?)?       a group is made of Ids; an indexed path has no package
  readonly key = this.RULE("key", (): KeyNode => {
    const start = this.LA(1);
    const names: string[] = [];
    const first = this.OPTION(() => this.CONSUME(t.KeyName));
    if (first !== undefined) names.push(first.image);
    this.MANY({
      GATE: () => first?.tokenType === t.Id,
      DEF: () => {
        this.CONSUME(t.Slash);
        names.push(this.CONSUME(t.Id).image);
      },
    });
    const text = names.join("/");
    const packaged = this.OPTION2({
      GATE: () => first?.tokenType !== t.IndexedPath,
      DEF: () => {
        this.CONSUME(t.At);
        return this.OPTION3(() => this.CONSUME(t.PackageName))?.image ?? "";
      },
    });
    const form = names.length > 1 ? "group" : first?.tokenType === t.IndexedPath ? "indexed" : "dotted";
    const length = text.length + (packaged === undefined ? 0 : packaged.length + 1);
    const segments = form === "group" ? names : segmentsOf(text);
    return { kind: "key", text, form, segments, package: packaged ?? null, offset: start.startOffset, length };
  });

  // assignment : "=" value?
  readonly assignment = this.RULE("assignment", (): ValueNode => {
    const equal = this.CONSUME(t.Equal);
    const value = this.OPTION(() => this.SUBRULE(this.value));
    return value ?? { kind: "empty", offset: endOf(equal), length: 0 };
  });

  // value : element ("," element)*                     two or more are a simple choice sweep
  readonly value = this.RULE("value", (): ValueNode => {
    const first = this.SUBRULE(this.element);
    const items = [first];
    this.MANY(() => {
      this.CONSUME(t.Comma);
      items.push(this.SUBRULE2(this.element));
    });
    const last = items[items.length - 1] ?? first;
    if (items.length === 1) return first;
    return { kind: "choices", items, offset: first.offset, length: endOfNode(last) - first.offset };
  });

  // element : call | list | dict | Quoted | word       an Id is a call where "(" follows
  readonly element = this.RULE(
    "element",
    (): ElementNode =>
      this.OR<ElementNode>({
        DEF: [
          { GATE: () => this.LA(2).tokenType === t.ParenOpen, ALT: () => this.SUBRULE(this.call) },
          { ALT: () => this.SUBRULE(this.word) },
          { ALT: () => this.SUBRULE(this.quoted) },
          { ALT: () => this.SUBRULE(this.list) },
          { ALT: () => this.SUBRULE(this.dict) },
        ],
        IGNORE_AMBIGUITIES: true,
      }),
  );

  // word : BareValue+                                  one token may be a number, a boolean or null
  readonly word = this.RULE("word", (): PrimitiveNode => {
    const parts: IToken[] = [];
    this.AT_LEAST_ONE(() => {
      parts.push(this.CONSUME(t.BareValue));
    });
    return primitiveOf(parts);
  });

  // dictKey : Bare+
  readonly dictKey = this.RULE("dictKey", (): WordNode | LiteralNode => {
    const parts: IToken[] = [];
    this.AT_LEAST_ONE(() => {
      parts.push(this.CONSUME(t.Bare));
    });
    return primitiveOf(parts);
  });

  // quoted : Quoted
  readonly quoted = this.RULE("quoted", (): QuotedNode => {
    const token = this.CONSUME(t.Quoted);
    const quote = token.image.startsWith("'") ? "'" : '"';
    return { kind: "quoted", text: unquote(token.image), quote, offset: token.startOffset, length: token.image.length };
  });

  // list : "[" (element ("," element)*)? "]"
  readonly list = this.RULE("list", (): ListNode => {
    const open = this.CONSUME(t.BracketOpen);
    this.enter(open);
    const items: ElementNode[] = [];
    this.MANY_SEP({ SEP: t.Comma, DEF: () => items.push(this.SUBRULE(this.element)) });
    const close = this.CONSUME(t.BracketClose);
    this.depth--;
    return { kind: "list", items, offset: open.startOffset, length: endOf(close) - open.startOffset };
  });

  // dict : "{" (entry ("," entry)*)? "}"
  readonly dict = this.RULE("dict", (): DictNode => {
    const open = this.CONSUME(t.BraceOpen);
    this.enter(open);
    const entries: DictEntry[] = [];
    this.MANY_SEP({ SEP: t.Comma, DEF: () => entries.push(this.SUBRULE(this.entry)) });
    const close = this.CONSUME(t.BraceClose);
    this.depth--;
    return { kind: "dict", entries, offset: open.startOffset, length: endOf(close) - open.startOffset };
  });

  // entry : dictKey ":" element
  readonly entry = this.RULE("entry", (): DictEntry => {
    const key = this.SUBRULE(this.dictKey);
    this.CONSUME(t.Colon);
    return { key, value: this.SUBRULE(this.element) };
  });

  // call : Id "(" (argument ("," argument)*)? ")"
  readonly call = this.RULE("call", (): CallNode => {
    const name = this.CONSUME(t.Id);
    this.enter(this.CONSUME(t.ParenOpen));
    const args: CallArgument[] = [];
    this.MANY_SEP({ SEP: t.Comma, DEF: () => args.push(this.SUBRULE(this.argument)) });
    const close = this.CONSUME(t.ParenClose);
    this.depth--;
    return { kind: "call", name: name.image, args, offset: name.startOffset, length: endOf(close) - name.startOffset };
  });

  // argument : (Id "=")? element
  readonly argument = this.RULE("argument", (): CallArgument => {
    const name = this.OPTION({
      GATE: () => this.LA(2).tokenType === t.ValueEqual,
      DEF: () => {
        const id = this.CONSUME(t.Id);
        this.CONSUME(t.ValueEqual);
        return id;
      },
    });
    const value = this.SUBRULE(this.element);
    const offset = name === undefined ? value.offset : name.startOffset;
    return { name: name?.image ?? null, value, offset, length: endOfNode(value) - offset };
  });
}

/** `a[0].b` to a, 0, b. */
function segmentsOf(key: string): readonly string[] {
  if (!key.includes("[")) return key.split(".");
  return key.replaceAll("[", ".").replaceAll("]", "").split(".");
}

const literalKinds = new Map<IToken["tokenType"], LiteralNode["kind"]>([
  [t.Int, "int"],
  [t.Float, "float"],
  [t.Bool, "bool"],
  [t.Null, "null"],
]);

/** Blanks at both ends go. One token left has a type, more are their texts in a row. */
function primitiveOf(parts: readonly IToken[]): WordNode | LiteralNode {
  const start = parts[0]?.tokenType === t.Blank ? 1 : 0;
  const end = parts.length - (parts[parts.length - 1]?.tokenType === t.Blank ? 1 : 0);
  const first = parts[start];
  if (first === undefined) return { kind: "word", text: "", source: "", offset: 0, length: 0 };
  const offset = first.startOffset;
  if (end - start === 1) {
    const kind = literalKinds.get(first.tokenType);
    if (kind !== undefined) return { kind, source: first.image, offset, length: first.image.length };
    return { kind: "word", text: textOf(first), source: first.image, offset, length: first.image.length };
  }
  let source = "";
  let text = "";
  for (let index = start; index < end; index++) {
    const part = parts[index];
    if (part === undefined) continue;
    source += part.image;
    text += textOf(part);
  }
  return { kind: "word", text, source, offset, length: source.length };
}

/** An escape token is pairs of a backslash and the character that is meant. */
function textOf(token: IToken): string {
  return token.tokenType === t.Escape ? token.image.replace(/\\([\s\S])/g, "$1") : token.image;
}
