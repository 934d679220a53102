import { takesEscapes } from "../../report/escapes.ts";
import type { TerminalOptions } from "../../report/terminal.ts";
import type { Io } from "./io.ts";

/** Of a terminal that does not say its own. */
export const unknownWidth = 80;

/** What stdout can show: the terminal's width and colours, or all of it without any escape where it is a pipe or a file. */
export function terminalOf(io: Io): TerminalOptions {
  if (!io.stdout.isTTY) return { width: "full", colours: false };
  const colours = takesEscapes(io.stdout, io.env) && (io.env.NO_COLOR ?? "") === "";
  return { width: io.stdout.columns || unknownWidth, colours };
}
