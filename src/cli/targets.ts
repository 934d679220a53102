/** Files on the command line and in the output are relative to the command's folder; inside they are relative to the project. */
import path from "node:path";
import { visible } from "../base/visible.ts";
import type { Project } from "../store/project.ts";
import type { Io } from "./io.ts";

function posix(file: string): string {
  return file.split(path.sep).join("/");
}

/** Targets relative to the project; undefined where none were given. */
export function targetsFrom(project: Project, targets: readonly string[] | undefined): readonly string[] | undefined {
  if (targets === undefined || targets.length === 0) return undefined;
  return targets.map((target) => posix(path.relative(project.root, path.resolve(process.cwd(), target))));
}

/** The same map with its files named from the command's folder. */
export function rebaseFiles<T>(project: Project, files: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  const folder = posix(path.relative(project.root, process.cwd()));
  if (folder === "") return files;
  return new Map([...files].map(([file, value]) => [path.posix.relative(folder, file), value]));
}

/** Says which revisions have files that can't be read; what can be read is printed all the same. */
export function warnUnreadable(io: Io, what: "metrics" | "parameters", revisions: readonly string[]): void {
  if (revisions.length === 0) return;
  const names = revisions.map((revision) => (revision === "" ? "workspace" : revision)).join(", ");
  io.stderr.write(`WARNING: failed to load some ${what} for following revisions: '${visible(names)}'.\n`);
}
