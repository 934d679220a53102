/** `config notify.url` and its kin. */
import { SweeplineError } from "../../../base/errors.ts";
import { type NotifyOption, notifyOptions, notifyPlaces } from "../../../experiments/live/notify-settings.ts";
import { webAddress } from "../../../experiments/live/web-post.ts";
import { type ConfigLevel, configError } from "../../../project/config.ts";
import type { Io } from "../../terminal/io.ts";
import { type GitConfigChange, gitConfigOption } from "./git-config.ts";

export interface NotifyChange {
  readonly option: string;
  readonly level: ConfigLevel | undefined;
  readonly to: GitConfigChange;
}

function known(option: string): NotifyOption {
  const found = notifyOptions.find((each) => each === option);
  if (found !== undefined) return found;
  throw configError(`extra keys not allowed @ data['notify']['${option}']: there are ${notifyOptions.join(", ")}`);
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
  if (typeof to === "object") checkValue(option, to.value);
  await gitConfigOption(io, { key: notifyPlaces(option).git, option, section: "notify", level }, to);
}
