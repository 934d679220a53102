/** A log as it comes, in pieces, made safe for a terminal: what a stage prints may be anybody's data. */
import { StringDecoder } from "node:string_decoder";
import { visibleText } from "./visible.ts";

/** Colours and weights do no harm and say nothing: they go. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what is looked for
const colours = /\u001b\[[\d;:]{0,60}m/g;

/** What may become a colour or a line end with the next piece. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what is looked for
const unfinished = /(?:\u001b(?:\[[\d;:]{0,60})?|\r)$/;

export class LogText {
  private readonly decoder = new StringDecoder("utf8");
  private held = "";

  /** What can be shown now. A progress bar's carriage returns are line ends: they would hide what stands before them. */
  next(bytes: Buffer): string {
    const text = this.held + this.decoder.write(bytes);
    this.held = unfinished.exec(text)?.[0] ?? "";
    return shownOf(text.slice(0, text.length - this.held.length));
  }

  end(): string {
    return shownOf(this.held + this.decoder.end());
  }
}

function shownOf(text: string): string {
  return visibleText(text.replace(colours, "").replace(/\r\n?/g, "\n"));
}
