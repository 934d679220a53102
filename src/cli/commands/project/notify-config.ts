/**
 * `config notify.url` and its kin. They stand in Git's configuration: what a clone brings must not name a command, and DVC refuses
 * config files with a section that it does not know.
 */
import { SweeplineError } from "../../../base/errors.ts";
import { type NotifyOption, notifyOptions, notifyPlaces } from "../../../experiments/live/notify-settings.ts";
import { webAddress } from "../../../experiments/live/web-post.ts";
import { gitFailed, tryGit } from "../../../git/run.ts";
import { type ConfigLevel, configError } from "../../../project/config.ts";
import { type Io, print } from "../../terminal/io.ts";

export interface NotifyChange {
  readonly option: string;
  readonly level: ConfigLevel | undefined;
  /** "print": what it is. */
  readonly to: { readonly value: string } | "unset" | "print";
}

function known(option: string): NotifyOption {
  const found = notifyOptions.find((each) => each === option);
  if (found !== undefined) return found;
  throw configError(`extra keys not allowed @ data['notify']['${option}']: there are ${notifyOptions.join(", ")}`);
}

function levelFlags(level: ConfigLevel | undefined): readonly string[] {
  if (level === "global" || level === "system") return [`--${level}`];
  return level === undefined ? [] : ["--local"];
}

function checkValue(option: NotifyOption, value: string): void {
  if (option !== "url" || webAddress(value) !== undefined) return;
  throw new SweeplineError({
    code: "CONFIG_INVALID",
    message: "notify.url is no address of a web server (http or https)",
  });
}

/** Reads or changes one of them. Errors: CONFIG_INVALID, GIT_FAILED. */
export async function notifyOption(io: Io, { option: name, level, to }: NotifyChange): Promise<void> {
  const option = known(name);
  const { git: key } = notifyPlaces(option);
  const flags = levelFlags(level);
  const cwd = io.cwd;
  if (to === "print") {
    const { exitCode, stdout } = await tryGit(["config", ...flags, "--get", key], { cwd });
    if (exitCode === 0) print(io, stdout.toString().replace(/\n$/, ""));
    else if (level !== undefined) throw configError(`option '${option}' doesn't exist in section 'notify'`);
    return;
  }
  const place = flags.length === 0 ? ["--local"] : flags;
  if (to === "unset") {
    const { exitCode } = await tryGit(["config", ...place, "--unset-all", key], { cwd });
    if (exitCode !== 0) throw configError(`option '${option}' doesn't exist in section 'notify'`);
    return;
  }
  checkValue(option, to.value);
  const { exitCode, stderr } = await tryGit(["config", ...place, key, to.value], { cwd });
  if (exitCode !== 0) throw gitFailed(["config"], stderr);
}
