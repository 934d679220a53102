/** -q and -v as every command of DVC takes them. */
import { type Command, Option } from "commander";

/** For commands whose lines are their result: both are accepted, neither changes anything. */
export function addTalkOptions(command: Command): Command {
  return command
    .addOption(new Option("-q, --quiet", "taken for scripts made for DVC; changes nothing here").hideHelp())
    .addOption(verbose());
}

/** There is nothing more to tell: failures of ours that nobody expected show their stack anyway. */
export function verbose(): Option {
  return new Option("-v, --verbose", "taken for scripts made for DVC; changes nothing here").hideHelp();
}
