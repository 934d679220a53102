/** From the configuration to a remote. */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { SweeplineError } from "../../base/errors.ts";
import { withoutCredentials } from "../../base/text/secrets.ts";
import { isTracing } from "../../base/trace.ts";
import { findGitRoot } from "../../project/open.ts";
import type { Project } from "../../project/project.ts";
import { isIgnored, isRcloneScheme, rcloneTarget } from "../rclone/targets.ts";
import type { RcloneTarget } from "../rclone/types.ts";
import { sharingOf } from "../sharing.ts";
import { folderRemote } from "./folder.ts";
import { rcloneRemote } from "./rclone.ts";
import { tracedRemote } from "./traced.ts";
import type { StorageRemote } from "./types.ts";

/** Throws REMOTE_UNKNOWN for what is no address of a file here: of another host, with a slash in a name. */
function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof URIError)) throw error;
    throw configError(`'${withoutCredentials(url)}' is no folder of this machine`, "A path works too.");
  }
}

function configError(problem: string, hint?: string): SweeplineError {
  return new SweeplineError({
    code: "REMOTE_UNKNOWN",
    message: `config file error: ${problem}`,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** "" for a path. */
function schemeOf(url: string): string {
  return /^(\w[\w+.-]*):\/\//.exec(url)?.[1]?.toLowerCase() ?? "";
}

/** What an address is reached by; "nothing": no kind of remote that we know. */
export function wayTo(url: string): "file system" | "rclone" | "nothing" {
  const scheme = schemeOf(url);
  if (scheme === "" || scheme === "file") return "file system";
  return isRcloneScheme(scheme) ? "rclone" : "nothing";
}

/** Options of folders that change nothing: links to a remote are not made, what comes is always checked. */
const ignoredInFolders = ["type", "protected", "slow_link_warning", "verify", "no_traverse", "checksum_jobs"];

/** Whether an option of a remote at that address changes nothing here, though DVC knows it. */
export function hasNoEffect(url: string, option: string): boolean {
  return wayTo(url) === "file system" ? ignoredInFolders.includes(option) : isIgnored(schemeOf(url), option);
}

/** The repository of a folder, and where that is a clone in the scratch folder of a project, that project's repository too. */
function repositoriesAround(folder: string): readonly string[] {
  const own = findGitRoot(folder) ?? folder;
  const [outer = own] = own.split(`${path.sep}.dvc${path.sep}tmp${path.sep}`);
  return outer === own || outer === "" ? [own] : [own, ...repositoriesAround(outer)];
}

/** What is no number the configuration refuses where it is set. */
function jobsOf(value: string | undefined): number | undefined {
  return value !== undefined && /^[1-9]\d{0,4}$/.test(value) ? Number(value) : undefined;
}

/**
 * What rclone is told of an address in a bucket of S3: by itself, or `remote://NAME/path` with the options of that remote. undefined for
 * any other. Throws REMOTE_UNSUPPORTED.
 */
export function bucketTarget(project: Project, address: string): RcloneTarget | undefined {
  const [, name, inside = ""] = /^remote:\/\/([^/]+)(.*)$/s.exec(address) ?? [];
  const key = name?.toLowerCase();
  const base = key === undefined ? "" : project.config.get(`remote.${key}.url`)?.replace(/\/+$/, "");
  const url = key === undefined ? address : `${base ?? ""}${inside}`;
  if (schemeOf(url) !== "s3") return undefined;
  const option = (of: string) => (key === undefined ? undefined : project.config.get(`remote.${key}.${of}`));
  return rcloneTarget(
    { name: key ?? withoutCredentials(address), url, option, env: process.env },
    "s3",
    repositoriesAround(project.root),
  );
}

function openAddress(project: Project, name: string, url: string): StorageRemote {
  const scheme = schemeOf(url);
  const option = (key: string) => project.config.get(`remote.${name}.${key}`);
  const jobs = jobsOf(option("jobs"));
  if (wayTo(url) === "file system")
    return folderRemote(name, scheme === "" ? path.resolve(url) : pathOf(url), {
      sharing: sharingOf(option("shared")),
      jobs,
    });
  const { env } = process;
  const target = rcloneTarget({ name, url, option, env }, scheme, repositoriesAround(project.root));
  return rcloneRemote({ name, url, env, scratch: project.tmpDir, jobs }, target);
}

/** The name of the remote that is used where none is named. */
export function defaultRemoteName(project: Project): string | undefined {
  return project.config.get("core.remote")?.toLowerCase();
}

/**
 * The remote of that name, or the default one. Nothing is contacted yet. Errors: REMOTE_UNKNOWN (251: none of that
 * name, or no default), REMOTE_UNSUPPORTED for a kind or a setting that we have nothing for.
 */
export function openRemote(project: Project, name: string | undefined = defaultRemoteName(project)): StorageRemote {
  if (name === undefined)
    throw configError(
      `no remote specified in ${project.root}. Create a default remote with\n    sweepline remote add -d <remote name> <remote url>`,
    );
  const key = name.toLowerCase();
  const url = project.config.get(`remote.${key}.url`);
  if (url === undefined)
    throw configError(`remote '${key}' doesn't exist`, "`sweepline remote list` shows those there are.");
  const remote = openAddress(project, key, url);
  return isTracing() ? tracedRemote(remote) : remote;
}

/**
 * The storage remote (-r, else the default one) whose folder is not there: a disk that is not mounted, or a new one.
 * Throws REMOTE_UNKNOWN, REMOTE_UNSUPPORTED.
 */
export async function absentStorage(project: Project, asked: string | undefined): Promise<StorageRemote | undefined> {
  const name = asked ?? defaultRemoteName(project);
  if (name === undefined) return undefined;
  const remote = openRemote(project, name);
  return (await remote.isThere()) ? undefined : remote;
}

/** Where the remotes are that are folders here. */
export function folderRemotes(project: Project): readonly string[] {
  return project.config.remotes.flatMap((name) => {
    const url = project.config.get(`remote.${name.toLowerCase()}.url`) ?? "";
    return url === "" || /^\w[\w+.-]*:\/\//.test(url) ? [] : [path.resolve(url)];
  });
}
