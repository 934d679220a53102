import path from "node:path";
import { shellWord } from "../../base/text/shell-word.ts";
import { openRepository } from "../../git/repository.ts";
import type { Project } from "../../project/project.ts";
import { type Io, print } from "../terminal/io.ts";

/** Stages files that a command wrote where core.autostage is set; otherwise says how to. Paths absolute. */
export async function trackFiles(
  io: Io,
  project: Project,
  written: { readonly files: readonly string[]; readonly hint: "print" | "quiet" },
): Promise<void> {
  const { files } = written;
  if (files.length === 0 || project.gitRoot === null) return;
  if (project.config.autostage) {
    const { stageFiles } = await import("../../git/porcelain.ts");
    await stageFiles(openRepository(project.gitRoot), files);
    return;
  }
  if (written.hint === "quiet") return;
  const names = files.map((file) => shellWord(path.relative(io.cwd, file)));
  print(io, `\nTo track the changes with git, run:\n\n\tgit add ${names.join(" ")}`);
  print(io, "\nTo enable auto staging, run:\n\n\tsweepline config core.autostage true");
}
