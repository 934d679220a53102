/** Points that start from a commit instead of the workspace: its parameter files, and the workspace's pipeline. */
import { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import { defaultParamsFile } from "../../params/default-file.ts";
import { pathKey } from "../../pipeline/paths.ts";
import { diskSource } from "../../pipeline/reading/disk-source.ts";
import { type FileAnswer, type FileSource, missing } from "../../pipeline/reading/file-source.ts";
import type { Point } from "../../sweep/types.ts";
import type { ExperimentsContext } from "../repository.ts";
import { placeOfParams } from "./param-edits.ts";

/** A commit of an experiment that queued points go on from. */
export interface StartingPoint {
  readonly commit: ObjectId;
  readonly tree: ObjectId;
  readonly baseline: ObjectId;
}

/** The disk, with the parameter files that the points name as the commit has them. Errors: OUTSIDE_REPOSITORY. */
export async function sourceFrom(
  context: ExperimentsContext,
  { tree }: StartingPoint,
  { points, folder }: { readonly points: readonly Point[]; readonly folder: string },
): Promise<FileSource> {
  const files = points.flatMap((point) => point.overrides.map((override) => override.file));
  const places = [...new Set([defaultParamsFile, ...files])].map((name) => placeOfParams(context, folder, name));
  const catFile = new CatFile(context.repository);
  try {
    const objects = await catFile.readAll(places.map(({ inGit }) => `${tree}:${inGit}`));
    const laid = new Map(
      places.map(({ absolute }, at): [string, FileAnswer] => {
        const object = objects[at];
        const isFile = object?.type === "blob";
        const answer: FileAnswer = isFile ? { kind: "file", id: undefined, bytes: object.content } : missing;
        return [pathKey(context.project.root, absolute), answer];
      }),
    );
    const disk = diskSource(context.project);
    return { ...disk, find: (name) => laid.get(name) ?? disk.find(name) };
  } finally {
    catFile.close();
  }
}
