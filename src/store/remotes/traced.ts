/** A remote whose requests are told, each with its answer: for who watches. */

import { withoutCredentials } from "../../base/text/secrets.ts";
import { traced } from "../../base/trace.ts";
import type { StorageRemote } from "./types.ts";

interface Request<T> {
  readonly name: string;
  readonly key: string;
  /** What came back, in words. */
  readonly answer?: (result: T) => string;
}

export function tracedRemote(remote: StorageRemote): StorageRemote {
  const at = (key: string) => withoutCredentials(`${remote.place}/${key}`);
  function told<T>({ name, key, answer }: Request<T>, work: () => Promise<T>): Promise<T> {
    const detail = (result: T | undefined) => at(key) + (result === undefined || !answer ? "" : `: ${answer(result)}`);
    return traced({ topic: "requests", name, detail } as const, work) as Promise<T>;
  }
  return {
    name: remote.name,
    place: remote.place,
    isThere: () =>
      told({ name: "look", key: "", answer: (isThere) => (isThere ? "there" : "not there") }, () => remote.isThere()),
    list: (folder) =>
      told({ name: "list", key: folder, answer: (names) => `${names.length} names` }, () => remote.list(folder)),
    sizeOf: (key) => told({ name: "size", key, answer: (size) => `${size} bytes` }, () => remote.sizeOf(key)),
    read: (key) => told({ name: "read", key, answer: (bytes) => `${bytes?.length} bytes` }, () => remote.read(key)),
    upload: (file, key) => told({ name: "upload", key }, () => remote.upload(file, key)),
    download: (key, file) => told({ name: "download", key }, () => remote.download(key, file)),
    remove: (key) => told({ name: "remove", key }, () => remote.remove(key)),
  };
}
