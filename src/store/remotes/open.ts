/** From the configuration to a remote. */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { SweeplineError } from "../../base/errors.ts";
import { withoutCredentials } from "../../base/text/secrets.ts";
import { isTracing } from "../../base/trace.ts";
import type { Project } from "../../project/project.ts";
import { type Sharing, sharingOf } from "../sharing.ts";
import { folderRemote } from "./folder.ts";
import { tracedRemote } from "./traced.ts";
import type { StorageRemote } from "./types.ts";

type OpenRemote = (name: string, url: string, sharing: Sharing) => StorageRemote;

/** By the scheme of the url; "" for a path. */
const kinds: Readonly<Record<string, OpenRemote>> = {
  "": (name, url, sharing) => folderRemote(name, path.resolve(url), sharing),
  file: (name, url, sharing) => folderRemote(name, pathOf(url), sharing),
};

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

function schemeOf(url: string): string {
  return /^(\w[\w+.-]*):\/\//.exec(url)?.[1]?.toLowerCase() ?? "";
}

/** The kind of remote that an address is of, where we do not speak it: `s3`. */
export function unsupportedKind(url: string): string | undefined {
  const scheme = schemeOf(url);
  return Object.hasOwn(kinds, scheme) ? undefined : scheme;
}

/** The name of the remote that is used where none is named. */
export function defaultRemoteName(project: Project): string | undefined {
  return project.config.get("core.remote")?.toLowerCase();
}

/**
 * The remote of that name, or the default one. Nothing is contacted yet. Errors: REMOTE_UNKNOWN (251: none of that
 * name, or no default), REMOTE_UNSUPPORTED for a kind that we do not speak.
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
  const scheme = schemeOf(url);
  const open = Object.hasOwn(kinds, scheme) ? kinds[scheme] : undefined;
  const sharing = sharingOf(project.config.get(`remote.${key}.shared`));
  if (open !== undefined) return isTracing() ? tracedRemote(open(key, url, sharing)) : open(key, url, sharing);
  throw new SweeplineError({
    code: "REMOTE_UNSUPPORTED",
    message: `remote '${key}': '${scheme}' remotes are not supported yet`,
    hint: "A folder works as a remote; `dvc push` and `dvc pull` use the same cache.",
  });
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
