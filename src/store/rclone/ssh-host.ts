/** What ssh's own configuration says of a host: rclone reads none of it. OpenSSH itself is asked (`ssh -G`), which connects to nobody. */
import { homedir } from "node:os";
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { existsSync } from "../../base/files.ts";
import { runProgram } from "./process.ts";
import type { RcloneTarget, Settings } from "./types.ts";

type HostSettings = ReadonlyMap<string, readonly string[]>;

/** `ssh -G` prints `keyword value` a line; some keywords more than once. */
function parseHost(text: string): HostSettings {
  const settings = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [, key = "", value = ""] = /^(\S+) (.*)$/.exec(line) ?? [];
    if (key !== "") settings.set(key, [...(settings.get(key) ?? []), value]);
  }
  return settings;
}

/** undefined: there is no ssh here, or it can't read its configuration. */
async function askSsh(host: string, user: string | undefined): Promise<HostSettings | undefined> {
  try {
    const args = ["-G", ...(user === undefined ? [] : ["-l", user]), "--", host];
    const { exitCode, stdout } = await runProgram({ program: "ssh", args });
    return exitCode === 0 ? parseHost(stdout) : undefined;
  } catch (error) {
    if (error instanceof SweeplineError && error.code === "RCLONE_MISSING") return undefined;
    throw error;
  }
}

function atHome(file: string, env: NodeJS.ProcessEnv): string {
  return file.startsWith("~/") ? path.join(env.HOME ?? homedir(), file.slice(2)) : file;
}

/** The file of known hosts; undefined where the user's settings say that none is asked. */
function knownHosts(known: HostSettings | undefined, env: NodeJS.ProcessEnv): string | undefined {
  const [strict = "ask"] = known?.get("stricthostkeychecking") ?? [];
  if (/^(false|no|off)$/i.test(strict)) return undefined;
  const named = (known?.get("userknownhostsfile")?.[0] ?? "").split(" ").filter((file) => file !== "");
  const files = ["~/.ssh/known_hosts", ...named].map((file) => atHome(file, env));
  return files.find((file) => existsSync(file)) ?? files[0];
}

/** A key of the user's: where no agent and no password answers for them, the first that is there. */
function keyFile(known: HostSettings | undefined, { backend, obscured }: RcloneTarget, env: NodeJS.ProcessEnv) {
  if (backend.key_file !== undefined || obscured?.pass !== undefined) return backend.key_file;
  if (env.SSH_AUTH_SOCK !== undefined) return undefined;
  return (known?.get("identityfile") ?? []).map((file) => atHome(file, env)).find((file) => existsSync(file));
}

/**
 * An SFTP remote with what ssh's configuration adds: the real name, user and port of a host, keys, known hosts. Throws
 * REMOTE_UNSUPPORTED for a host that is reached through another.
 */
export async function withSshSettings(target: RcloneTarget, env: NodeJS.ProcessEnv): Promise<RcloneTarget> {
  const { backend } = target;
  const host = backend.host ?? "";
  const known = host === "" || host.startsWith("-") ? undefined : await askSsh(host, backend.user);
  const first = (key: string) => known?.get(key)?.[0];
  if ([first("proxycommand"), first("proxyjump")].some((value) => value !== undefined && value !== "none"))
    throw new SweeplineError({
      code: "REMOTE_UNSUPPORTED",
      message: `host '${host}' is reached through another (ProxyJump or ProxyCommand in ssh's settings), which rclone can't`,
      hint: "Forward a port with `ssh -L` and name that in the remote's address, or use a remote of rclone: rclone://NAME/folder.",
    });
  const added: Settings = {
    host: first("hostname") ?? host,
    user: backend.user ?? first("user"),
    port: backend.port ?? first("port"),
    key_file: keyFile(known, target, env),
    known_hosts_file: knownHosts(known, env),
  };
  return { ...target, backend: { ...backend, ...added } };
}
