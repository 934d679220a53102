/** A storage remote as rclone is told of it. Values go into its environment, where other users do not see them, never into its arguments. */

export type Settings = Readonly<Record<string, string | undefined>>;

export interface RcloneTarget {
  /** A remote of the user's own rclone configuration; undefined: one that the backend's options describe. */
  readonly configured?: string;
  /** Options of rclone's backend, `type` among them. */
  readonly backend: Settings;
  /** Options of the backend that rclone takes obscured only: passwords. */
  readonly obscured?: Settings;
  /** Options of rclone itself: `timeout`. */
  readonly flags?: Settings;
  /** Variables of libraries that rclone uses. */
  readonly env?: Settings;
  /** Where the data is, as rclone counts: `bucket/folder`, `/folder`. */
  readonly path: string;
  /** The first part of the path, where that is something that has to be made by hand. */
  readonly bucket?: string;
  /**
   * direct: a file is there when all of it has arrived; aside: it is there from its first byte on, so it has to be renamed;
   * ask: rclone knows; never: it can't be written to.
   */
  readonly writes: "direct" | "aside" | "ask" | "never";
  /** Texts that nobody may read in a message. */
  readonly secrets: readonly string[];
  /** Files at a time at most. */
  readonly mostJobs?: number;
}

/** A remote of the configuration: what rclone is told is made of this. */
export interface RemoteDescription {
  readonly name: string;
  readonly url: string;
  /** `remote.NAME.option` */
  option(option: string): string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

export interface AddressParts {
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly host: string;
  readonly port: string | undefined;
  /** Behind the host, without slashes at its end. */
  readonly path: string;
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined || !text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return text;
  }
}

/** An address in its parts; the path as it is written, as DVC takes it. */
export function addressParts(url: string): AddressParts {
  const [, authority = "", path = ""] = /^[\w+.-]+:\/\/([^/]*)(.*)$/s.exec(url) ?? [];
  const at = authority.lastIndexOf("@");
  const [user, ...rest] = at === -1 ? [undefined] : authority.slice(0, at).split(":");
  const [, host = "", port] = /^(.*?)(?::(\d+))?$/s.exec(authority.slice(at + 1)) ?? [];
  const password = rest.length === 0 ? undefined : rest.join(":");
  return { user: decoded(user), password: decoded(password), host, port, path: path.replace(/\/+$/, "") };
}

/** Those of the values that are set. */
export function secretsOf(...values: readonly (string | undefined)[]): readonly string[] {
  return values.flatMap((value) => (value === undefined || value === "" ? [] : [value]));
}

export function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === "true";
}

/** `ssl_verify`: false, or the file of who is trusted. */
export function trustFlags(verify: string | undefined): Settings {
  if (verify === undefined || /^(true|1|yes)$/i.test(verify)) return {};
  return /^(false|0|no)$/i.test(verify) ? { no_check_certificate: "true" } : { ca_cert: verify };
}

/** Seconds of a setting as rclone writes them. */
export function seconds(value: string | undefined): string | undefined {
  return value === undefined ? undefined : `${value}s`;
}
