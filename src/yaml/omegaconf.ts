/**
 * YAML to the byte as OmegaConf.to_yaml writes it, which is how DVC writes a composed params.yaml (omegaconf 2.3 on
 * PyYAML 6, emitter.py): block style, lists flush with their key, lines folded behind column 80. Two tools that write
 * one file differently would make each other's stages run again.
 */
import { isList, isMap, type Scalar, type Value, type ValueMap } from "../base/value.ts";
import { escapeOf, isSimpleKey, otherText, quoteStyle } from "./omegaconf-scalar.ts";

const width = 80;
const step = 2;
const lineBreaks = "\n\u0085\u2028\u2029";

/** A value as a document. */
export function dumpOmegaConf(value: Value): string {
  const writer = new Writer();
  writer.node(value, { indent: undefined, holder: "document" });
  return writer.finished();
}

interface Place {
  /** Of the collection around it; undefined at the top. */
  readonly indent: number | undefined;
  readonly holder: "document" | "mapping" | "sequence";
}

/** Keys are written on one line. */
type Role = "key" | "value";

/** The emitter's state is the line so far; columns count code points, as in Python. */
class Writer {
  private text = "";
  private column = 0;
  /** The last character is a blank, or a line begins. */
  private whitespace = true;
  /** Only blanks and indicators stand on the line. */
  private indention = true;

  finished(): string {
    this.lineStart(0);
    return this.text;
  }

  node(value: Value, place: Place): void {
    if (isMap(value) && value.size > 0) this.mapping(value, place);
    else if (isList(value) && value.length > 0) this.sequence(value, place);
    else if (isMap(value) || isList(value)) this.indicator(isMap(value) ? "{}" : "[]", "after a blank");
    else this.scalar(value, place.indent === undefined ? step : place.indent + step, "value");
  }

  private mapping(map: ValueMap, place: Place): void {
    const indent = place.indent === undefined ? 0 : place.indent + step;
    const inside: Place = { indent, holder: "mapping" };
    for (const [key, value] of map) {
      this.lineStart(indent);
      if (isSimpleKey(key)) {
        this.scalar(key, indent + step, "key");
        this.indicator(":", "at once");
      } else {
        this.leadingIndicator("?");
        this.scalar(key, indent + step, "value");
        this.lineStart(indent);
        this.leadingIndicator(":");
      }
      this.node(value, inside);
    }
  }

  private sequence(list: readonly Value[], { indent: around, holder }: Place): void {
    const isFlush = holder === "mapping" && !this.indention;
    const indent = around === undefined ? 0 : isFlush ? around : around + step;
    for (const item of list) {
      this.lineStart(indent);
      this.leadingIndicator("-");
      this.node(item, { indent, holder: "sequence" });
    }
  }

  private scalar(value: Scalar, indent: number, role: Role): void {
    const style = typeof value === "string" ? quoteStyle(value) : "plain";
    const text = typeof value === "string" ? value : otherText(value);
    if (style === "plain") this.plain(text, indent, role);
    else if (style === "single") this.single(text, indent, role);
    else this.double(text, indent, role);
  }

  private write(text: string): void {
    this.text += text;
    this.column += lengthOf(text);
  }

  private indicator(text: string, lead: "after a blank" | "at once"): void {
    this.write(this.whitespace || lead === "at once" ? text : ` ${text}`);
    this.whitespace = false;
    this.indention = false;
  }

  /** `-`, `?` and `:` of a block: what follows may begin on their line. */
  private leadingIndicator(text: string): void {
    const { indention } = this;
    this.indicator(text, "after a blank");
    this.indention = indention;
  }

  private lineEnd(text = "\n"): void {
    this.text += text;
    this.column = 0;
    this.whitespace = true;
    this.indention = true;
  }

  /** To the column `indent`, on a new line where this one is used. */
  private lineStart(indent: number): void {
    if (!this.indention || this.column > indent || (this.column === indent && !this.whitespace)) this.lineEnd();
    if (this.column >= indent) return;
    this.write(" ".repeat(indent - this.column));
    this.whitespace = true;
  }

  private plain(text: string, indent: number, role: Role): void {
    if (!this.whitespace) this.write(" ");
    this.whitespace = false;
    this.indention = false;
    const parts = role === "value" && this.column + text.length > width ? text.split(/( +)/) : [text];
    for (const part of parts) {
      if (part === " " && this.column > width) {
        this.lineStart(indent);
        this.whitespace = false;
        this.indention = false;
      } else this.write(part);
    }
  }

  private single(text: string, indent: number, role: Role): void {
    this.indicator("'", "after a blank");
    const parts = text.split(/( +|[\n\u0085\u2028\u2029]+)/).filter((part) => part !== "");
    for (const [index, part] of parts.entries()) {
      const isInner = index > 0 && index < parts.length - 1;
      if (part === " " && this.column > width && role === "value" && isInner) this.lineStart(indent);
      else if (lineBreaks.includes(part.charAt(0))) this.breaks(part, indent);
      else this.write(part.replaceAll("'", "''"));
    }
    this.indicator("'", "at once");
  }

  /** One more line end than the text has, for the first of them reads as a space. */
  private breaks(text: string, indent: number): void {
    if (text.startsWith("\n")) this.lineEnd();
    for (const character of text) this.lineEnd(character);
    this.lineStart(indent);
  }

  private double(text: string, indent: number, role: Role): void {
    this.indicator('"', "after a blank");
    const characters = Array.from(text);
    // Characters from `start` on wait to be written.
    let start = 0;
    const writeUpTo = (end: number): void => {
      if (start < end) this.write(characters.slice(start, end).join(""));
      start = Math.max(start, end);
    };
    for (const [index, character] of characters.entries()) {
      const escaped = escapeOf(character);
      if (escaped !== undefined) {
        writeUpTo(index);
        this.write(escaped);
        start = index + 1;
      }
      const mayFold = index > 0 && index < characters.length - 1 && (character === " " || start >= index);
      if (!mayFold || role === "key" || this.column + (index - start) <= width) continue;
      writeUpTo(index);
      this.write("\\");
      this.lineStart(indent);
      this.whitespace = false;
      this.indention = false;
      if (characters[start] === " ") this.write("\\");
    }
    writeUpTo(characters.length);
    this.indicator('"', "at once");
  }
}

function lengthOf(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit < 0xdc00) length--;
  }
  return length;
}
