/** What a file of commands/ exports. */
import type { Command } from "commander";
import type { ExitCode, Io } from "../terminal/io.ts";

/** Options in, calls into the domain, report out: the returned command's action ends by calling finish(exitCode). */
export type CommandFactory = (io: Io, finish: (exitCode: ExitCode) => void) => Command;
