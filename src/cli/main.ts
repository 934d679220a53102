import { type ExitCode, processIo } from "./io.ts";
import { version } from "./version.ts";

/** Runs one command line (without node and script) and returns the exit code. Never throws. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  const io = processIo();
  // `| head` closes the pipe: stop quietly with the status that a shell gives to SIGPIPE, as DVC does.
  io.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 141 : 255));
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    io.stdout.write(`${version}\n`);
    return 0;
  }
  const { runCommandLine } = await import("./program.ts");
  return runCommandLine(argv, io);
}
