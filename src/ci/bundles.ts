/** Bundles: files that carry results from jobs that may not push. */
import path from "node:path";
import { asideName } from "../base/asides.ts";
import { isSystemError, SweeplineError } from "../base/errors.ts";
import {
  largeFileBytes,
  lstatIfExists,
  makeFolder,
  readdirSync,
  readPlainFile,
  removeFile,
  statSync,
} from "../base/files.ts";
import type { NamedFile } from "../base/named-file.ts";
import { writeNamedFile } from "../base/named-output.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import type { RefName } from "../git/ids.ts";
import { git } from "../git/run.ts";
import type { SweepPlan } from "./plan.ts";

const checkpointEnding = ".checkpoints";

/** The bundles below a folder, by their path in it; no link is followed, which may lead anywhere or round in circles. */
export function bundlesBelow(folder: string): readonly string[] {
  return filesBelow(folder, ".bundle");
}

/** The files that checkpointFile() names, below a folder. */
export function checkpointFilesBelow(folder: string): readonly string[] {
  return filesBelow(folder, checkpointEnding);
}

function filesBelow(folder: string, ending: string): readonly string[] {
  const found: string[] = [];
  const open = [""];
  for (let inside = open.pop(); inside !== undefined; inside = open.pop())
    for (const entry of readdirSync(path.join(folder, inside), { withFileTypes: true })) {
      const name = path.join(inside, entry.name);
      if (entry.isDirectory()) open.push(name);
      else if (name.endsWith(ending)) found.push(name);
    }
  return found.sort();
}

export interface BundleRequest {
  readonly plan: SweepPlan;
  readonly refs: readonly RefName[];
}

/** Beside a bundle, where the checkpoints of points without a result are. */
export function checkpointFile({ path: name, shown }: NamedFile): NamedFile {
  const other = (text: string) => `${text.replace(/\.bundle$/, "")}${checkpointEnding}`;
  return { path: other(name), shown: other(shown) };
}

/** Makes the folder of a bundle, before the work whose results go there. Throws BUNDLE_REFUSED. */
export function openBundleFolder(file: NamedFile): void {
  try {
    makeFolder(path.dirname(path.normalize(file.path)));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw bundleRefused(file.shown, String(error.code), error);
  }
  if (lstatIfExists(file.path)?.isDirectory() === true) throw bundleRefused(file.shown, "it is a folder", undefined);
}

export function bundleRefused(file: string, reason: string, cause: unknown): SweeplineError {
  return new SweeplineError({
    code: "BUNDLE_REFUSED",
    message: `no bundle can be written to '${file}': ${reason}`,
    cause,
  });
}

/** Writes the refs with all that the baseline lacks. Nothing is written for no refs: Git knows no empty bundle. */
export async function writeBundle(
  { repository, state }: ExperimentsContext,
  file: NamedFile,
  { plan, refs }: BundleRequest,
): Promise<void> {
  if (refs.length === 0) return;
  const absolute = path.normalize(file.path);
  const create = (into: string) =>
    git(["bundle", "create", "--quiet", into, "--stdin"], {
      cwd: repository.workTree,
      input: [...refs, `^${plan.baseline}`].map((line) => `${line}\n`).join(""),
    });
  if (statSync(absolute, { throwIfNoEntry: false })?.isFile() ?? true) {
    await create(absolute);
    return;
  }
  // Git would put a file in the place of a device or a pipe.
  makeFolder(state.scratch);
  const aside = asideName(path.join(state.scratch, "bundle"));
  try {
    await create(aside);
    writeNamedFile(absolute, readPlainFile(aside, largeFileBytes));
  } finally {
    removeFile(aside);
  }
}
