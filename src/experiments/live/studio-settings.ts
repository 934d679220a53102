/**
 * Where live updates go, as DVC finds it: its section `studio`, DVC_STUDIO_* and STUDIO_* (dvc_studio_client, config.py). Without a
 * token or the address of a repository nothing is sent.
 */

import path from "node:path";
import { relativePosix } from "../../base/paths.ts";
import { isSurelyTracked } from "../../git/index-scan.ts";
import { tryGit } from "../../git/run.ts";
import { type Environment, readConfigLevel } from "../../project/config.ts";
import type { ExperimentsContext } from "../repository.ts";
import { webAddress } from "./web-post.ts";

export const defaultStudioUrl = "https://studio.datachain.ai";

export interface StudioSettings {
  readonly token: string;
  /** Of Studio. */
  readonly url: URL;
  /** Of the Git repository, by which Studio knows the project. */
  readonly repoUrl: string;
}

/** How long the end of a run waits for updates that are on their way: SWEEPLINE_LIVE_WAIT, in seconds. */
export function closingMs({ SWEEPLINE_LIVE_WAIT: wait = "" }: Environment): number {
  return /^\d{1,4}$/.test(wait) ? Number(wait) * 1000 : 5_000;
}

export interface StudioAsked {
  readonly environment: Environment;
  warn(message: string): void;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && /1|y|yes|true/i.test(value);
}

/** Whether the checkout's own config file is one that the repository brings. */
function cameWithClone({ gitRoot, dvcDir }: ExperimentsContext["project"]): boolean {
  return gitRoot !== null && isSurelyTracked(gitRoot, relativePosix(gitRoot, path.join(dvcDir, "config.local")));
}

/** A token is for who gave it to us, not for the server that a repository names: then it is not sent, and that is said. */
function isForeign({ project }: Pick<ExperimentsContext, "project">, environment: Environment): boolean {
  if (environment.DVC_STUDIO_URL) return false;
  const local = readConfigLevel("local", project.dvcDir, environment);
  const isLocalOurs = local.size === 0 || !cameWithClone(project);
  if (isLocalOurs && local.has("studio.url")) return false;
  const theirs = new Map([...readConfigLevel("project", project.dvcDir, environment), ...(isLocalOurs ? [] : local)]);
  const url = theirs.get("studio.url");
  if (url === undefined) return false;
  const own = readConfigLevel("global", project.dvcDir, environment).get("studio.url") ?? defaultStudioUrl;
  const isTheirToken = tokenFrom(environment) === undefined && theirs.has("studio.token");
  return url !== own && !isTheirToken;
}

function tokenFrom(environment: Environment): string | undefined {
  return environment.DVC_STUDIO_TOKEN || environment.STUDIO_TOKEN || undefined;
}

/** `https://name:password@host/x` as `https://host/x`; what git prints where there is no such remote is none. */
function withoutUser(address: string): string {
  const url = webAddress(address);
  if (url === undefined) return address;
  url.username = "";
  url.password = "";
  return url.href.replace(/\/$/, "");
}

/** The address of a Git remote, undefined where there is none of that name. */
export async function gitRemoteAddress(
  { repository }: Pick<ExperimentsContext, "repository">,
  remote: string | undefined,
): Promise<string | undefined> {
  const args = ["ls-remote", "--get-url", ...(remote === undefined ? [] : ["--end-of-options", remote])];
  const { exitCode, stdout } = await tryGit(args, { cwd: repository.workTree });
  const address = stdout.toString().trim();
  // Git says the name itself where it knows none.
  if (exitCode !== 0 || address === "" || /^[\w.-]+$/.test(address)) return undefined;
  return withoutUser(address);
}

async function repoUrlOf(context: ExperimentsContext, environment: Environment): Promise<string | undefined> {
  const { config } = context.project;
  const remote = environment.DVC_EXP_GIT_REMOTE || config.get("exp.git_remote");
  if (remote) {
    const address = await gitRemoteAddress(context, remote);
    if (address !== undefined) return address;
  }
  const told = environment.DVC_STUDIO_REPO_URL || environment.STUDIO_REPO_URL || config.get("studio.repo_url");
  return told ? withoutUser(told) : gitRemoteAddress(context, undefined);
}

/** The token and the address alone; undefined: nobody is logged in, or all is off. No process is started. */
export function studioAccount(
  context: Pick<ExperimentsContext, "project">,
  { environment, warn }: StudioAsked,
): Omit<StudioSettings, "repoUrl"> | undefined {
  const { config } = context.project;
  if (isSet(environment.DVC_STUDIO_OFFLINE) || isSet(config.get("studio.offline"))) return undefined;
  const token = tokenFrom(environment) ?? config.get("studio.token");
  if (!token) return undefined;
  const address = environment.DVC_STUDIO_URL || config.get("studio.url") || defaultStudioUrl;
  const url = webAddress(address);
  if (url === undefined) {
    warn(`no live updates: '${address}' is no address of a Studio`);
    return undefined;
  }
  if (!isForeign(context, environment)) return { token, url };
  warn(
    `no live updates: the project names the Studio at ${url.origin}, and your token is not for it. If you trust it: sweepline config --local studio.url ${url.origin}`,
  );
  return undefined;
}

/** All that live updates need; undefined: nothing is sent. */
export async function studioSettings(
  context: ExperimentsContext,
  asked: StudioAsked,
): Promise<StudioSettings | undefined> {
  // The protocol has room for ids of 40 digits only.
  if (context.repository.objectFormat !== "sha1") return undefined;
  const account = studioAccount(context, asked);
  if (account === undefined) return undefined;
  const repoUrl = await repoUrlOf(context, asked.environment);
  return repoUrl === undefined ? undefined : { ...account, repoUrl };
}

/** What stages find in their environment, so that a DVCLive in them reports to the same place, also from a copy. */
export function studioEnvironment({ token, url, repoUrl }: StudioSettings): Readonly<Record<string, string>> {
  return { DVC_STUDIO_TOKEN: token, DVC_STUDIO_URL: url.href.replace(/\/$/, ""), DVC_STUDIO_REPO_URL: repoUrl };
}
