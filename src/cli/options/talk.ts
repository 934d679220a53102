/** -q and -v as every command of DVC takes them. */
import { type Command, Option } from "commander";

export const verboseHelp = "tell on stderr what is decided and why; -vv: every step";

/** For commands whose lines are their result: -q is accepted and changes nothing. */
export function acceptQuiet(command: Command): Command {
  return command.addOption(
    new Option("-q, --quiet", "taken for scripts made for DVC; changes nothing here").hideHelp(),
  );
}
