/** The layout of DVC 2 in a remote: objects lie at its top (`<2>/<30>`), not below files/md5. */
import path from "node:path";
import type { StorageRemote, TransferTasks } from "./types.ts";

const currentFolder = "files/md5/";

/** Where objects of the current layout, or the folder of all of them, lie in that of DVC 2. */
function legacyKey(key: string): string {
  return `${key}/`.startsWith(currentFolder) ? key.slice(currentFolder.length) : key;
}

const currentKey = (key: string) => currentFolder + key;

function renamed<T>(map: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  return new Map([...map].map(([key, value]) => [currentKey(key), value]));
}

function told<T extends TransferTasks>(tasks: T): T {
  return { ...tasks, done: (key: string, failure?: Error) => tasks.done(currentKey(key), failure) };
}

/**
 * The same remote, with the keys of objects where DVC 2 has them; objects alone are asked for.
 */
export function legacyLayout(remote: StorageRemote): StorageRemote {
  return {
    name: remote.name,
    place: remote.place,
    isThere: () => remote.isThere(),
    list: async (files) => (await remote.list({ ...files, folder: legacyKey(files.folder) })).map(currentKey),
    existing: async (keys) => renamed(await remote.existing(keys.map(legacyKey))),
    sizes: async (keys) => renamed(await remote.sizes(keys.map(legacyKey))),
    upload: (files, tasks) =>
      remote.upload(
        files.map(({ file, key }) => ({ file, key: legacyKey(key) })),
        told(tasks),
      ),
    // Into the folder's files/md5, so that each lies where its key says.
    download: (keys, tasks) =>
      remote.download(keys.map(legacyKey), { ...told(tasks), into: path.join(tasks.into, currentFolder) }),
    remove: (keys, jobs) => remote.remove(keys.map(legacyKey), jobs),
  };
}

/** An object with the layout that its entry has: that of DVC 2 where it says "legacy". */
export interface PlacedObject {
  readonly layout?: "current" | "legacy";
}

/** The remote as these objects lie there: data of DVC 2 entries is where DVC looks for it. */
export function byLayout<T extends PlacedObject>(
  remote: StorageRemote,
  objects: readonly T[],
): readonly (readonly [remote: StorageRemote, objects: readonly T[]])[] {
  const legacy = objects.filter(({ layout }) => layout === "legacy");
  if (legacy.length === 0) return [[remote, objects]];
  return [
    [remote, objects.filter(({ layout }) => layout !== "legacy")],
    [legacyLayout(remote), legacy],
  ];
}
