/** A program that answers lines of JSON, one after the other. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { beforeEffect } from "../../base/effects.ts";
import { SweeplineError } from "../../base/errors.ts";
import { isRecord, parseJson } from "../../base/json.ts";

export type LineAnswer = Readonly<Record<string, unknown>>;

/** Of what it printed beside its answers, the end is kept, for messages. */
const keptBytes = 4_000;

interface Waiting {
  resolve(answer: LineAnswer): void;
  reject(error: Error): void;
}

export class LineProgram {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: Waiting[] = [];
  #printed = "";
  #failure: SweeplineError | undefined;

  constructor(
    private readonly program: string,
    args: readonly string[],
  ) {
    beforeEffect("spawn", program);
    this.#child = spawn(program, args, { stdio: "pipe" });
    this.#child.on("error", (error) => this.#end(error.message));
    this.#child.on("close", (code, signal) => this.#end(`it ended with ${code ?? signal}`));
    this.#child.stdin.on("error", () => undefined);
    this.#child.stderr.on("data", (bytes: Buffer) => {
      this.#printed = (this.#printed + bytes.toString()).slice(-keptBytes);
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#answer(line));
  }

  /** Errors: HELPER_ENDED where it ends before it answers, or answers no JSON. */
  ask(request: LineAnswer): Promise<LineAnswer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }

  /** It ends when it has no more to read. */
  close(): void {
    this.#failure ??= this.#ended("it was closed");
    this.#child.stdin.end();
  }

  #answer(line: string): void {
    const answer = parseJson(line);
    const waiting = this.#waiting.shift();
    if (isRecord(answer)) waiting?.resolve(answer);
    else waiting?.reject(this.#ended(`it answered '${line.slice(0, 80)}'`));
  }

  #ended(words: string): SweeplineError {
    const last = this.#printed.trimEnd().split("\n").at(-1) ?? "";
    return new SweeplineError({
      code: "HELPER_ENDED",
      message: `'${this.program}' can't be asked: ${words}${last === "" ? "" : ` (${last})`}`,
    });
  }

  #end(words: string): void {
    this.#failure ??= this.#ended(words);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}
