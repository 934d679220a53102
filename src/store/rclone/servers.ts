/** Servers with folders: DVC's options of such remotes as options of rclone's backends. */
import { SweeplineError } from "../../base/errors.ts";
import { addressParts, type RcloneTarget, type RemoteDescription, seconds, secretsOf, trustFlags } from "./types.ts";

/** ssh://, by SFTP. What ~/.ssh/config says of the host is added by ssh-host.ts. */
export function sshTarget({ url, option }: RemoteDescription): RcloneTarget {
  const { user, password, host, port, path } = addressParts(url);
  const pass = option("password") ?? password;
  const sessions = option("max_sessions");
  return {
    path: path === "" ? "/" : path,
    writes: "aside",
    backend: {
      type: "sftp",
      host,
      user: option("user") ?? user,
      port: option("port") ?? port,
      key_file: option("keyfile"),
      // Neither a shell nor times are needed: what is there is known by its name, and checked when it comes back.
      shell_type: "none",
      disable_hashcheck: "true",
      set_modtime: "false",
    },
    obscured: { pass, key_file_pass: option("passphrase") },
    flags: { contimeout: seconds(option("timeout")) },
    secrets: secretsOf(pass, option("passphrase")),
    ...(sessions === undefined ? {} : { mostJobs: Number(sessions) }),
  };
}

/** A header that lets in, whose value is the password; as rclone reads lists: comma-separated, quotes doubled. */
function authHeader(name: string | undefined, value: string | undefined): string | undefined {
  if (name === undefined || value === undefined) return undefined;
  return [name, value].map((part) => `"${part.replaceAll('"', '""')}"`).join(",");
}

/** The server's address with http in the place of webdav, without who asks and without a folder. */
function serverAddress(url: string, scheme: "http" | "https"): string {
  const { host, port } = addressParts(url);
  return `${scheme}://${host}${port === undefined ? "" : `:${port}`}/`;
}

const withoutSlash = (path: string) => path.replace(/^\/+/, "");

/** webdav://, webdavs:// */
export function webdavTarget({ url, option }: RemoteDescription): RcloneTarget {
  const { user, password, path } = addressParts(url);
  const header = option("custom_auth_header");
  const pass = option("password") ?? password;
  const isBasic = header === undefined && option("token") === undefined;
  return {
    // Folders above its own address rclone does not make.
    path: withoutSlash(path),
    writes: "aside",
    backend: {
      type: "webdav",
      vendor: "other",
      url: serverAddress(url, /^webdavs:/i.test(url) ? "https" : "http"),
      user: isBasic ? (option("user") ?? user) : undefined,
      bearer_token: option("token"),
      headers: authHeader(header, pass),
    },
    obscured: { pass: isBasic ? pass : undefined },
    flags: {
      ...trustFlags(option("ssl_verify")),
      client_cert: option("cert_path"),
      client_key: option("key_path"),
      timeout: seconds(option("timeout")),
    },
    secrets: secretsOf(pass, option("token")),
  };
}

/** http://, https://: to read from. */
export function httpTarget({ name, url, option }: RemoteDescription): RcloneTarget {
  const auth = option("auth")?.toLowerCase();
  if (auth === "digest")
    throw new SweeplineError({
      code: "REMOTE_UNSUPPORTED",
      message: `remote '${name}': 'auth = digest' is not supported`,
      hint: "With 'basic' or 'custom' it works.",
    });
  const parts = addressParts(url);
  const user = option("user") ?? parts.user;
  const pass = option("password") ?? parts.password;
  const header = auth === "custom" ? authHeader(option("custom_auth_header"), pass) : undefined;
  const isBasic = header === undefined && user !== undefined;
  const basic = Buffer.from(`${user}:${pass ?? ""}`).toString("base64");
  const path = withoutSlash(parts.path);
  return {
    // Without the slash rclone asks the server whether it is a file, and takes no answer for yes.
    path: path === "" ? "" : `${path}/`,
    writes: "never",
    backend: {
      type: "http",
      url: serverAddress(url, /^https:/i.test(url) ? "https" : "http"),
      headers: isBasic ? authHeader("Authorization", `Basic ${basic}`) : header,
    },
    flags: {
      ...trustFlags(option("ssl_verify")),
      timeout: seconds(option("read_timeout")),
      contimeout: seconds(option("connect_timeout")),
    },
    secrets: secretsOf(pass, isBasic ? basic : undefined),
  };
}

/** hdfs:// */
export function hdfsTarget({ url, option }: RemoteDescription): RcloneTarget {
  const { user, host, port, path } = addressParts(url);
  return {
    path: path === "" ? "/" : path,
    writes: "aside",
    backend: { type: "hdfs", namenode: `${host}:${port ?? "8020"}`, username: option("user") ?? user },
    secrets: [],
  };
}

/** rclone://NAME/path: what the user's own `rclone config` calls NAME. A name alone, since one with options can name programs. */
export function configuredTarget({ name, url }: RemoteDescription): RcloneTarget {
  const { host, path } = addressParts(url);
  if (!/^\w[\w.+ -]*$/.test(host))
    throw new SweeplineError({
      code: "REMOTE_UNSUPPORTED",
      message: `remote '${name}': '${host}' is no name of a remote of rclone`,
      hint: "`rclone listremotes` shows them, `rclone config` makes one. Write it as rclone://NAME/folder.",
    });
  return { configured: host, backend: {}, path: withoutSlash(path), writes: "ask", secrets: [] };
}
