/** Lines in, lines out, for commands that work through a stream. */

import { SweeplineError } from "../../base/errors.ts";
import { isRecord, parseJson } from "../../base/json.ts";
import { jsonOf } from "../../base/text/visible.ts";
import type { Io } from "./io.ts";

/** The lines of the standard input, without their ends. Only a line feed ends a line: JSON may hold U+2028. */
async function* inputLines(io: Io): AsyncGenerator<string> {
  let rest = "";
  io.stdin.setEncoding("utf8");
  for await (const chunk of io.stdin) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** Gathers small texts and hands them over in bigger ones, waiting where the reader is slow. End with `flush()`. */
export class Output {
  private pending = "";

  constructor(private readonly io: Io) {}

  async write(text: string): Promise<void> {
    this.pending += text;
    if (this.pending.length > 65_536) await this.flush();
  }

  async flush(): Promise<void> {
    const text = this.pending;
    this.pending = "";
    if (text === "" || this.io.stdout.write(text)) return;
    await new Promise<void>((resolve) => this.io.stdout.once("drain", resolve));
  }
}

type Fields = Readonly<Record<string, unknown>>;

export interface Answers {
  /** The fields of an answer, without its id. May throw SweeplineError for a request that lacks something. */
  answer(request: Fields): Fields;
  /** The fields that stand for a request that cannot be answered. */
  refuse(error: Fields): Fields;
}

/**
 * Answers each line of JSON on the standard input by one line of JSON with the same id. Blank lines are passed over. A
 * line that is no JSON object is answered too, with the id null.
 */
export async function answerLines(io: Io, answers: Answers): Promise<void> {
  const output = new Output(io);
  let number = 0;
  try {
    for await (const line of inputLines(io)) {
      number++;
      if (line.trim() === "") continue;
      await output.write(`${jsonOf(answerLine({ line, number }, answers))}\n`);
    }
  } finally {
    // Answers given before an interruption are not lost.
    await output.flush();
  }
}

function answerLine(from: { readonly line: string; readonly number: number }, { answer, refuse }: Answers): Fields {
  let id: unknown = null;
  try {
    const request = parseRequest(from.line, from.number);
    id = request.id ?? null;
    return { id, ...answer(request) };
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    const { code, message, hint } = error;
    return { id, ...refuse({ code, message, hint }) };
  }
}

function parseRequest(line: string, number: number): Readonly<Record<string, unknown>> {
  const request = parseJson(line);
  if (isRecord(request)) return { ...request };
  throw new SweeplineError({
    code: "REQUEST_NOT_JSON",
    message: `Line ${number} of the standard input is not a JSON object.`,
    hint: 'Write one object a line: {"id": "1", "input": "lr=0.1"}.',
  });
}

export function textOf(request: Readonly<Record<string, unknown>>, name: string): string {
  const value = request[name];
  if (typeof value === "string") return value;
  throw new SweeplineError({ code: "REQUEST_FIELD", message: `A request needs a text '${name}'.` });
}

export function textsOf(request: Readonly<Record<string, unknown>>, name: string): readonly string[] | undefined {
  const value = request[name];
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw new SweeplineError({ code: "REQUEST_FIELD", message: `'${name}' of a request must be a list of texts.` });
}
