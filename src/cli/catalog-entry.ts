/** One command of the catalogue. */
import type { CommandFactory } from "./commands/command.ts";
import type { ExitCode } from "./terminal/io.ts";

export interface CatalogEntry {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** Not listed in the help. */
  readonly hidden?: true;
  readonly load?: () => Promise<{ readonly command: CommandFactory }>;
  readonly commands?: readonly CatalogEntry[];
  /** Of wrong usage, where these commands have exit codes of their own. */
  readonly usageExitCode?: ExitCode;
  /** Its words are a command: options behind the first of them belong to that. */
  readonly takesCommand?: true;
}
