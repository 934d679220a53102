import { EmbeddedActionsParser, type IToken } from "chevrotain";
import type { ReferencePart, Template, TextPart } from "./ast.ts";
import * as t from "./tokens.ts";

/** One rule a production, which stands above it; actions build the tree directly. */
export class TemplateParser extends EmbeddedActionsParser {
  constructor() {
    super(t.allTokens, { maxLookahead: 1, recoveryEnabled: false, nodeLocationTracking: "none" });
    this.performSelfAnalysis();
  }

  /** The tree of a text; undefined where there is an error, which is then in `errors`. */
  read(tokens: IToken[]): Template | undefined {
    this.input = tokens;
    return this.template();
  }

  // template : (text | reference)*
  readonly template = this.RULE("template", (): Template => {
    const parts: (TextPart | ReferencePart)[] = [];
    this.MANY(() => {
      const part = this.OR<TextPart | ReferencePart>([
        { ALT: () => this.SUBRULE(this.text) },
        { ALT: () => this.SUBRULE(this.reference) },
      ]);
      parts.push(part);
    });
    return { kind: "template", parts };
  });

  // text : (Text | Unclosed | Escaped)+
  readonly text = this.RULE("text", (): TextPart => {
    let text = "";
    this.AT_LEAST_ONE(() => {
      this.OR([
        {
          ALT: () => {
            text += this.CONSUME(t.Text).image;
          },
        },
        {
          ALT: () => {
            text += this.CONSUME(t.Unclosed).image.replaceAll("\\${", "${");
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.Escaped);
            text += "${";
          },
        },
      ]);
    });
    return { kind: "text", text };
  });

  // reference : "${" Word ("." Word | "[" Word "]")* "}"
  readonly reference = this.RULE("reference", (): ReferencePart => {
    const open = this.CONSUME(t.Open);
    const path = [this.CONSUME(t.Word).image.trim()];
    let inner = path[0] ?? "";
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(t.Dot);
            const word = this.CONSUME2(t.Word).image;
            path.push(word.trim());
            inner += `.${word}`;
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.BracketOpen);
            const word = this.CONSUME3(t.Word).image;
            path.push(word.trim());
            inner += `[${word}]`;
            this.CONSUME(t.BracketClose);
          },
        },
      ]);
    });
    const close = this.CONSUME(t.Close);
    return {
      kind: "reference",
      path,
      inner,
      offset: open.startOffset,
      length: close.startOffset + 1 - open.startOffset,
    };
  });
}
