/**
 * Options of ours that stand in Git's configuration: what a clone brings must not name a command, and DVC refuses config files
 * with a section that it does not know.
 */
import { gitFailed, tryGit } from "../../../git/run.ts";
import { type ConfigLevel, configError } from "../../../project/config.ts";
import { type Io, print } from "../../terminal/io.ts";

/** "print": what it is. */
export type GitConfigChange = { readonly value: string } | "unset" | "print";

export interface GitConfigOption {
  /** In Git's configuration: `sweepline.notify.url`. */
  readonly key: string;
  /** For people: `option 'url' doesn't exist in section 'notify'`. */
  readonly option: string;
  readonly section: string;
  readonly level: ConfigLevel | undefined;
}

function levelFlags(level: ConfigLevel | undefined): readonly string[] {
  if (level === "global" || level === "system") return [`--${level}`];
  return level === undefined ? [] : ["--local"];
}

/** Reads or changes one of them. Errors: CONFIG_INVALID, GIT_FAILED. */
export async function gitConfigOption(io: Io, place: GitConfigOption, to: GitConfigChange): Promise<void> {
  const { key, option, section, level } = place;
  const flags = levelFlags(level);
  const cwd = io.cwd;
  const missing = () => configError(`option '${option}' doesn't exist in section '${section}'`);
  if (to === "print") {
    const { exitCode, stdout } = await tryGit(["config", ...flags, "--get", key], { cwd });
    if (exitCode === 0) print(io, stdout.toString().replace(/\n$/, ""));
    else if (level !== undefined) throw missing();
    return;
  }
  const written = flags.length === 0 ? ["--local"] : flags;
  if (to === "unset") {
    const { exitCode } = await tryGit(["config", ...written, "--unset-all", key], { cwd });
    if (exitCode !== 0) throw missing();
    return;
  }
  const { exitCode, stderr } = await tryGit(["config", ...written, key, to.value], { cwd });
  if (exitCode !== 0) throw gitFailed(["config"], stderr);
}
