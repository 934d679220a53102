/** Files on the command line and in the output are relative to the command's folder; inside they are relative to the project. */
import path from "node:path";
import { relativePosix } from "../../base/paths.ts";
import { someLines } from "../../base/text/listing.ts";
import { visible } from "../../base/text/visible.ts";
import type { UnreadableFile } from "../../experiments/reading/unreadable.ts";
import type { Project } from "../../project/project.ts";
import { type Io, warn } from "../terminal/io.ts";

/** Where a command's names of files start. */
export interface NamesPlace {
  readonly project: Project;
  /** The folder of the command. */
  readonly folder: string;
}

/** Targets relative to the project; undefined where none were given. */
export function targetsFrom(
  { project, folder }: NamesPlace,
  targets: readonly string[] | undefined,
): readonly string[] | undefined {
  if (targets === undefined || targets.length === 0) return undefined;
  return targets.map((target) => relativePosix(project.root, path.resolve(folder, target)));
}

/** The same map with its files named from the command's folder. */
export function rebaseFiles<T>(place: NamesPlace, files: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  const folder = relativePosix(place.project.root, place.folder);
  if (folder === "") return files;
  return new Map([...files].map(([file, value]) => [path.posix.relative(folder, file), value]));
}

/** The most causes that are listed; the others are like them. */
const listedAtMost = 10;

/** Says which revisions have files that can't be read, and why; what can be read is printed all the same. */
export function warnUnreadable(io: Io, what: string, files: readonly UnreadableFile[]): void {
  if (files.length === 0) return;
  const revisions = [...new Set(files.map(({ revision }) => revision))];
  const causes = [...new Set(files.map(({ message }) => message))];
  const lines = someLines(causes, listedAtMost).map(
    (line) => `
  ${line}`,
  );
  warn(io, `failed to load some ${what} for following revisions: '${visible(revisions.join(", "))}'.${lines.join("")}`);
}
