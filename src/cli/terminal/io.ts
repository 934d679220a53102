import { withoutCredentials } from "../../base/text/secrets.ts";
import { visibleJson, visibleText } from "../../base/text/visible.ts";
import { noticeText } from "./notice.ts";

/** The command line's door to the terminal. Nothing outside cli/ and report/ writes to it. */
export interface Io {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working folder of the command, after --cd. */
  readonly cwd: string;
}

/** A command's action returns its exit code; expected failures are thrown as SweeplineError and printed in one place. */
export type ExitCode = number;

/** What of it is there before the command line is read. */
export type ProcessIo = Omit<Io, "cwd">;

export function processIo(): ProcessIo {
  return { stdout: process.stdout, stderr: process.stderr, stdin: process.stdin, env: process.env };
}

/** Writes a line, or some; names and values in it come from anybody. It may still be on its way when this returns. */
export function print(io: Io, text: string): void {
  io.stdout.write(`${visibleText(text)}\n`);
}

/** As many bytes as are worth a call of the system. */
const pieceSize = 64 * 1024;

/** Writes a text that comes in pieces and may be longer than any string, as it comes. */
export function writePieces(io: Io, pieces: Iterable<string>): void {
  let waiting = "";
  for (const piece of pieces) {
    waiting += piece;
    if (waiting.length < pieceSize) continue;
    io.stdout.write(waiting);
    waiting = "";
  }
  if (waiting !== "") io.stdout.write(waiting);
}

/** The same for JSON, whose values stay what they are. */
export function printJson(io: Io, json: string): void {
  io.stdout.write(`${visibleJson(json)}\n`);
}

export function warn(io: Io, text: string): void {
  io.stderr.write(noticeText(io.stderr, `WARNING: ${withoutCredentials(visibleText(text))}`));
}
