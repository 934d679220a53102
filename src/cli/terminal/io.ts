import { visibleText } from "../../base/visible.ts";

/** The command line's door to the terminal. Nothing outside cli/ and report/ writes to it. */
export interface Io {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** A command's action returns its exit code; expected failures are thrown as SweeplineError and printed in one place. */
export type ExitCode = number;

export function processIo(): Io {
  return { stdout: process.stdout, stderr: process.stderr, stdin: process.stdin, env: process.env, cwd: process.cwd() };
}

/** Writes a line and waits until it is handed over, so that nothing is lost when the output is a pipe. */
export function print(io: Io, text: string): void {
  io.stdout.write(`${text}\n`);
}

export function warn(io: Io, text: string): void {
  io.stderr.write(`WARNING: ${visibleText(text)}\n`);
}
