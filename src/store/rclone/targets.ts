/** From a remote of the configuration to what rclone is told of it; and which remotes and options there are none for. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { insideFolder } from "../../base/paths.ts";
import { realTarget } from "../../project/gate.ts";
import { azureTarget, gdriveTarget, gsTarget, ossTarget, s3Target } from "./object-stores.ts";
import { configuredTarget, hdfsTarget, httpTarget, sshTarget, webdavTarget } from "./servers.ts";
import { isTrue, type RcloneTarget, type RemoteDescription } from "./types.ts";

/** By the scheme of the address. */
const targets: Readonly<Record<string, (remote: RemoteDescription) => RcloneTarget>> = {
  azure: azureTarget,
  gdrive: gdriveTarget,
  gs: gsTarget,
  hdfs: hdfsTarget,
  http: httpTarget,
  https: httpTarget,
  oss: ossTarget,
  rclone: configuredTarget,
  s3: s3Target,
  ssh: sshTarget,
  webdav: webdavTarget,
  webdavs: webdavTarget,
};

export function isRcloneScheme(scheme: string): boolean {
  return Object.hasOwn(targets, scheme);
}

/** Options that would change what is stored or how to get in: passed over, they would do harm. */
const refused: Readonly<Record<string, string>> = {
  version_aware: "files are kept under their hashes, not as versions of one name",
  worktree: "files are kept under their hashes, not under their own names",
  ask_password: "set 'password' with `remote modify --local`",
  ask_passphrase: "set 'passphrase' with `remote modify --local`, or use ssh-agent",
  bearer_token_command: "a command that comes with a repository is not run; set 'token' with `remote modify --local`",
  gss_auth: "use a key or a password",
  kerb_ticket: "use a remote of rclone: rclone://NAME/folder",
};

/** Files of AWS's tools, which may name programs to run. */
const programFiles = ["configpath", "credentialpath"];

function unsupported(name: string, problem: string, why: string): SweeplineError {
  return new SweeplineError({
    code: "REMOTE_UNSUPPORTED",
    message: `remote '${name}': ${problem}${why === "" ? "" : `: ${why}`}`,
  });
}

/** However it is spelled: through links, and through those of the system to where we are (/proc/self/cwd). */
function isIn(folders: readonly string[], file: string): boolean {
  const named = path.resolve(file);
  const places = [named, realTarget(named)];
  return folders.some((folder) => places.some((place) => insideFolder(folder, place) !== undefined));
}

function isSwitchedOn(option: string, value: string | undefined): boolean {
  if (value === undefined) return false;
  return ["kerb_ticket", "bearer_token_command"].includes(option) || isTrue(value);
}

/**
 * Throws REMOTE_UNSUPPORTED for a kind of remote or an option that we have nothing for, and for files of programs that may
 * have come with the repository.
 * @param theirs folders of which all may have come with a repository, links resolved
 */
export function rcloneTarget(remote: RemoteDescription, scheme: string, theirs: readonly string[]): RcloneTarget {
  const { name, option } = remote;
  const make = Object.hasOwn(targets, scheme) ? targets[scheme] : undefined;
  if (make === undefined) throw unsupported(name, `'${scheme}' remotes are not supported`, "");
  for (const [key, why] of Object.entries(refused))
    if (isSwitchedOn(key, option(key))) throw unsupported(name, `'${key}' is not supported`, why);
  for (const key of programFiles) {
    const file = option(key);
    if (scheme === "s3" && file !== undefined && isIn(theirs, file))
      throw unsupported(name, `'${key}' is a file of the repository`, "it may name programs to run; keep it elsewhere");
  }
  return make(remote);
}

const everywhere = ["no_traverse", "checksum_jobs", "verify"];

/** Options without effect, by scheme. */
const ignored: Readonly<Record<string, readonly string[]>> = {
  s3: ["grant_read", "grant_read_acp", "grant_write_acp", "grant_full_control", "cache_regions", "use_ssl"],
  ssh: ["allow_agent", "type"],
  azure: [
    "timeout",
    "exclude_environment_credential",
    "exclude_visual_studio_code_credential",
    "exclude_shared_token_cache_credential",
    "exclude_managed_identity_credential",
  ],
  http: ["method"],
  https: ["method"],
  hdfs: ["replication"],
  gdrive: ["profile"],
};

/** Whether an option of such a remote changes nothing here. */
export function isIgnored(scheme: string, option: string): boolean {
  return everywhere.includes(option) || (ignored[scheme] ?? []).includes(option);
}
