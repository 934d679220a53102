/**
 * Runs command lines one after the other in one process, as the parent asks for them: a hundred times cheaper than a process
 * for each. fuzz.test.ts bundles it; what it finds is tried again with the real binary before anybody is told.
 */
import { Writable } from "node:stream";

export interface Order {
  readonly folder: string;
  readonly argv: readonly string[];
}

export interface Answer {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of this process, all threads. */
  readonly cpuMs: number;
  /** Commands of stages and other programs, and signals: what src/base/effects.ts told. */
  readonly started: readonly string[];
}

let started: string[] = [];

function listen(): void {
  const noisy = new Set(["spawn", "signal"]);
  // These lock a file that is ours: src/pipeline/locks/flock.ts.
  const expected = new Set(["flock", "perl", "python3"]);
  const listener = ({ kind, detail }: { readonly kind: string; readonly detail: string }) => {
    if (noisy.has(kind) && !expected.has(detail)) started.push(`${kind} ${detail}`);
  };
  // The program looks once, when it is loaded.
  (globalThis as { [key: symbol]: unknown })[Symbol.for("sweepline.beforeEffect")] = listener;
}

/** What was written, as a stream that a command takes for a pipe. */
function collector(): { stream: NodeJS.WriteStream; text(): string } {
  const parts: Buffer[] = [];
  const stream = new Writable({
    decodeStrings: true,
    write: (chunk: Buffer, _encoding, done) => {
      parts.push(chunk);
      done();
    },
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => Buffer.concat(parts).toString() };
}

let uncaught: ((error: unknown) => void) | undefined;

async function run({ folder, argv }: Order): Promise<Answer> {
  const { runCommandLine } = await import("../../src/cli/program.ts");
  started = [];
  process.exitCode = undefined;
  process.chdir(folder);
  const [stdout, stderr] = [collector(), collector()];
  const before = process.cpuUsage();
  const failed = new Promise<null>((resolve) => {
    uncaught = (error) => {
      stderr.stream.write(`ERROR: unexpected error - ${error instanceof Error ? error.stack : error}\n`);
      resolve(null);
    };
  });
  const io = { stdout: stdout.stream, stderr: stderr.stream, stdin: process.stdin, env: process.env };
  const exitCode = await Promise.race([runCommandLine(argv, io), failed]);
  const { user, system } = process.cpuUsage(before);
  return { exitCode, stdout: stdout.text(), stderr: stderr.text(), cpuMs: (user + system) / 1000, started };
}

listen();
process.on("uncaughtException", (error) => uncaught?.(error));
process.on("unhandledRejection", (error) => uncaught?.(error));
process.on("message", (order: Order) => {
  run(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      const stderr = `ERROR: unexpected error - ${error instanceof Error ? error.stack : error}\n`;
      process.send?.({ exitCode: null, stdout: "", stderr, cpuMs: 0, started });
    },
  );
});
process.on("disconnect", () => process.exit(0));
