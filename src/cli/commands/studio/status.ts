import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { studioAccount, studioSettings } from "../../../experiments/live/studio-settings.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { readDvcConfig } from "../../../project/config.ts";
import { levelFile } from "../../../project/config-place.ts";
import { openProject } from "../../../project/open.ts";
import { findDvcDir } from "../../../project/upwards.ts";
import { type Io, print, printJson, warn } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface Status {
  /** Whether `studio login` keeps a token. */
  readonly loggedIn: boolean;
  /** Whether runs here send live updates. */
  readonly live: boolean;
  readonly url: string | null;
  readonly repoUrl: string | null;
}

async function statusOf(io: Io): Promise<Status> {
  const kept = readDvcConfig(levelFile(io, "global"));
  const loggedIn = Boolean(kept.get("studio.token"));
  const nothing = { loggedIn, live: false, url: kept.get("studio.url") ?? null, repoUrl: null };
  if (findDvcDir(io.cwd) === null) return nothing;
  const context = openExperiments(openProject(io.cwd));
  const asked = { environment: io.env, warn: (message: string) => warn(io, message) };
  const account = studioAccount(context, asked);
  if (account === undefined) return nothing;
  const settings = await studioSettings(context, { ...asked, warn: () => undefined });
  return { loggedIn, live: settings !== undefined, url: account.url.href, repoUrl: settings?.repoUrl ?? null };
}

function statusText({ loggedIn, live, url, repoUrl }: Status): string {
  const login = loggedIn ? "Logged in: `studio login` keeps a token." : "Not logged in.";
  if (live) return `${login}\nLive updates go to ${url}, for ${repoUrl}.`;
  const hint =
    url === null || !loggedIn
      ? "`sweepline studio login` keeps a token."
      : "They need a project with a Git remote, or studio.repo_url, and no studio.offline.";
  return `${login}\nNo live updates are sent from here. ${hint}`;
}

const examples = `
Examples:
  sweepline studio status
  sweepline studio status --json
`;

/** `sweepline studio status` */
export const command: CommandFactory = (io, finish) =>
  new Command("status")
    .description("Tell whether runs send live updates, and where. Nobody is asked.")
    .option("--json", "print as JSON")
    .addHelpText("after", examples)
    .action(async (options: { readonly json?: boolean }) => {
      const status = await statusOf(io);
      if (options.json) printJson(io, JSON.stringify(status));
      else print(io, statusText(status));
      finish(exitCodes.ok);
    });
