/** A remote whose requests are told, each with its answer: for who watches. */

import { withoutCredentials } from "../../base/text/secrets.ts";
import { note, traced } from "../../base/trace.ts";
import type { StorageRemote, TransferTasks } from "./types.ts";

interface Request<T> {
  readonly name: string;
  readonly what: string;
  /** What came back, in words. */
  readonly answer?: (result: T) => string;
}

export function tracedRemote(remote: StorageRemote): StorageRemote {
  const at = (key: string) => withoutCredentials(`${remote.place}/${key}`);
  function told<T>({ name, what, answer }: Request<T>, work: () => Promise<T>): Promise<T> {
    const detail = (result: T | undefined) => what + (result === undefined || !answer ? "" : `: ${answer(result)}`);
    return traced({ topic: "requests", name, detail } as const, work) as Promise<T>;
  }
  const files = (items: readonly unknown[]) => `${at("")}: ${items.length} file${items.length === 1 ? "" : "s"}`;
  function eachTold<T extends TransferTasks>(name: string, tasks: T): T {
    return {
      ...tasks,
      done(key: string, failure?: Error) {
        note("requests", () => `${name} ${at(key)}${failure === undefined ? "" : `: ${failure.message}`}`);
        return tasks.done(key, failure);
      },
    };
  }
  return {
    name: remote.name,
    place: remote.place,
    isThere: () =>
      told({ name: "look", what: at(""), answer: (isThere) => (isThere ? "there" : "not there") }, () =>
        remote.isThere(),
      ),
    list: (pattern) =>
      told({ name: "list", what: at(pattern.folder), answer: (keys) => `${keys.length} files` }, () =>
        remote.list(pattern),
      ),
    existing: (keys) =>
      told({ name: "look", what: files(keys), answer: ({ size }) => `${size} are there` }, () => remote.existing(keys)),
    sizes: (keys) =>
      told({ name: "size", what: files(keys), answer: ({ size }) => `${size} known` }, () => remote.sizes(keys)),
    upload: (uploads, tasks) =>
      told({ name: "upload", what: files(uploads) }, () => remote.upload(uploads, eachTold("upload", tasks))),
    download: (keys, tasks) =>
      told({ name: "download", what: files(keys) }, () => remote.download(keys, eachTold("download", tasks))),
    remove: (keys, jobs) => told({ name: "remove", what: files(keys) }, () => remote.remove(keys, jobs)),
  };
}
