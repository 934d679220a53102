/**
 * Whom to notify of runs: Git's configuration, `sweepline.notify.*`, since no clone brings that: a command or an address in a
 * repository's own files would be a stranger's. DVC's config files have no room for it: DVC refuses sections that it does not know.
 */

import { tryGit } from "../../git/run.ts";
import type { ExperimentsContext } from "../repository.ts";
import type { StudioAsked } from "./studio-settings.ts";
import { webAddress } from "./web-post.ts";

/** `notify.url` and its kin, with what each is. */
export const notifyOptions = ["url", "command", "secret"] as const;
export type NotifyOption = (typeof notifyOptions)[number];

export interface NotifySettings {
  readonly url: URL | undefined;
  /** Signs what goes to the address. */
  readonly secret: string | undefined;
  /** A command of the user's, in their shell. */
  readonly command: string | undefined;
}

/** Their names in Git's configuration, and in the environment, which counts more. */
export function notifyPlaces(option: NotifyOption): { readonly git: string; readonly variable: string } {
  return { git: `sweepline.notify.${option}`, variable: `SWEEPLINE_NOTIFY_${option.toUpperCase()}` };
}

async function fromGit(folder: string): Promise<ReadonlyMap<string, string>> {
  const args = ["config", "--null", "--get-regexp", "^sweepline\\.notify\\.(url|command|secret)$"];
  const { stdout } = await tryGit(args, { cwd: folder });
  return new Map(
    stdout
      .toString()
      .split("\0")
      .map((item): [string, string] => {
        const end = item.indexOf("\n");
        return [item.slice(0, end), item.slice(end + 1)];
      }),
  );
}

/** undefined: nobody wants to know. */
export async function notifySettings(
  { repository }: Pick<ExperimentsContext, "repository">,
  { environment, warn }: StudioAsked,
): Promise<NotifySettings | undefined> {
  const kept = await fromGit(repository.workTree);
  const setting = (option: NotifyOption) => {
    const { git, variable } = notifyPlaces(option);
    return (environment[variable] ?? kept.get(git)) || undefined;
  };
  const [address, command, secret] = [setting("url"), setting("command"), setting("secret")];
  const url = address === undefined ? undefined : webAddress(address);
  if (address !== undefined && url === undefined)
    warn("notify.url is no address of a web server: nobody is notified there");
  return url === undefined && command === undefined ? undefined : { url, command, secret };
}
