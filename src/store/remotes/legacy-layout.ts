/** The layout of DVC 2 in a remote: objects lie at its top (`<2>/<30>`), not below files/md5. */
import type { StorageRemote } from "./types.ts";

/** The same remote, with the keys of objects where DVC 2 has them. */
export function legacyLayout(remote: StorageRemote): StorageRemote {
  const legacyKey = (key: string) => key.replace(/^files\/md5\//, "");
  return {
    name: remote.name,
    place: remote.place,
    isThere: () => remote.isThere(),
    list: (folder) => remote.list(legacyKey(folder)),
    sizeOf: (key) => remote.sizeOf(legacyKey(key)),
    read: (key) => remote.read(legacyKey(key)),
    upload: (file, key) => remote.upload(file, legacyKey(key)),
    download: (key, file) => remote.download(legacyKey(key), file),
    remove: (key) => remote.remove(legacyKey(key)),
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
