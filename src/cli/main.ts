import { wordsOfSystemError } from "../base/errno.ts";
import { exitCodes } from "../base/errors.ts";
import { visibleText } from "../base/text/visible.ts";
import { version } from "../base/version.ts";
import { isInterruptible } from "./terminal/interrupt.ts";
import { type ExitCode, processIo } from "./terminal/io.ts";

/** The status that a shell gives to SIGPIPE, and DVC to a closed pipe. */
const brokenPipe = 141;

/**
 * `| head` closes the pipe: stop quietly. Where stages run, who listens for signals ends them first.
 */
function onOutputError(error: NodeJS.ErrnoException): void {
  const isRunning = isInterruptible();
  if (error.code === "EPIPE" && isRunning && process.exitCode === undefined) {
    process.exitCode = brokenPipe;
    process.emit("SIGTERM", "SIGTERM");
  } else if (error.code !== "EPIPE") reportUnwritable(error, isRunning ? "stages run" : "nothing runs");
  else if (!isRunning) process.exit(brokenPipe);
}

let isUnwritable = false;

/** A full disk behind `>file`: said once; stages that run are let finish, since their results go elsewhere. */
function reportUnwritable(error: NodeJS.ErrnoException, state: "stages run" | "nothing runs"): void {
  const words = wordsOfSystemError(error) ?? error.message;
  if (!isUnwritable) process.stderr.write(`ERROR: can't write the output: ${visibleText(words)}\n`);
  isUnwritable = true;
  // Also where `main` has answered already.
  process.exitCode = exitCodes.refused;
  if (state === "nothing runs") process.exit(exitCodes.refused);
}

/** What nobody caught, in a timer or a stream's listener. The process is in no known state: it says so and ends at once. */
async function endWithBug(error: unknown, argv: readonly string[]): Promise<never> {
  const words = error instanceof Error ? wordsOfSystemError(error) : undefined;
  // Without descriptors or a disk, not even the words for a bug can be read.
  process.stderr.write(words === undefined ? await bugWords(error, argv) : `ERROR: ${words}\n`);
  process.exit(exitCodes.refused);
}

async function bugWords(error: unknown, argv: readonly string[]): Promise<string> {
  const { bugText } = await import("./bug.ts");
  return bugText(error, argv);
}

/** Time for what a failed command left open to end by itself: git processes whose input is closed, worker threads. */
const lingerMs = 700;

/**
 * A command that has said that it failed is over: whatever still waits for something is ended with it. The timer by itself
 * keeps nothing alive; a slow reader of what was printed is waited for.
 */
function endSoon(exitCode: ExitCode): void {
  const end = () => {
    if (process.stdout.writableLength + process.stderr.writableLength > 0) setTimeout(end, lingerMs).unref();
    else process.exit(process.exitCode ?? exitCode);
  };
  setTimeout(end, lingerMs).unref();
}

/** A Tab needs neither commander nor what commands share: it is asked at each key. */
async function runnerOf(argv: readonly string[]) {
  if (argv[0] !== "complete-words") return (await import("./program.ts")).runCommandLine;
  const { completeWords } = await import("./complete.ts");
  return completeWords;
}

/** Runs one command line (without node and script) and returns the exit code. Never throws. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  const io = processIo();
  io.stdout.on("error", onOutputError);
  // Where errors can't be told, the exit code still tells.
  io.stderr.on("error", () => undefined);
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    io.stdout.write(`${version}\n`);
    return 0;
  }
  const run = await runnerOf(argv);
  process.once("uncaughtException", (error) => void endWithBug(error, argv));
  // Nothing is left to wait for, and the command has not ended: it must not look like one that did its work.
  const onStall = () => void endWithBug(new Error("the command stopped before it was done"), argv);
  process.once("beforeExit", onStall);
  const exitCode = await run(argv, io);
  process.off("beforeExit", onStall);
  if (exitCode !== exitCodes.ok) endSoon(exitCode);
  if (isUnwritable) return exitCodes.refused;
  return process.exitCode === brokenPipe ? brokenPipe : exitCode;
}
