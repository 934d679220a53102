/** A remote whose requests are told, each with its answer: for who watches. */

import { withoutCredentials } from "../../base/text/secrets.ts";
import { traced } from "../../base/trace.ts";
import type { StorageRemote } from "./types.ts";

export function tracedRemote(remote: StorageRemote): StorageRemote {
  const at = (key: string) => withoutCredentials(`${remote.place}/${key}`);
  function request<T>(name: string, key: string, work: () => Promise<T>, answer?: (result: T) => string): Promise<T> {
    const detail = (result: T | undefined) => at(key) + (result === undefined || !answer ? "" : `: ${answer(result)}`);
    return traced({ topic: "requests", name, detail } as const, work) as Promise<T>;
  }
  return {
    name: remote.name,
    place: remote.place,
    isThere: () =>
      request(
        "look",
        "",
        () => remote.isThere(),
        (isThere) => (isThere ? "there" : "not there"),
      ),
    list: (folder) =>
      request(
        "list",
        folder,
        () => remote.list(folder),
        (names) => `${names.length} names`,
      ),
    sizeOf: (key) =>
      request(
        "size",
        key,
        () => remote.sizeOf(key),
        (size) => `${size} bytes`,
      ),
    read: (key) =>
      request(
        "read",
        key,
        () => remote.read(key),
        (bytes) => `${bytes?.length} bytes`,
      ),
    upload: (file, key) => request("upload", key, () => remote.upload(file, key)),
    download: (key, file) => request("download", key, () => remote.download(key, file)),
  };
}
