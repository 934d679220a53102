/** Settings of ours in Git's configuration: the user's own, which no repository brings along. */
import type { Repository } from "./repository.ts";
import { tryGit } from "./run.ts";

/** The values below a section, by the rest of their keys, in lower case as Git has them; the last of each counts. */
export async function gitSettings({ workTree }: Repository, section: string): Promise<ReadonlyMap<string, string>> {
  const pattern = `^${section.replaceAll(".", "\\.")}\\.`;
  const { exitCode, stdout } = await tryGit(["config", "--null", "--get-regexp", pattern], { cwd: workTree });
  if (exitCode !== 0) return new Map();
  const pairs = stdout.toString().split("\0").slice(0, -1);
  return new Map(
    pairs.map((pair) => {
      const end = pair.indexOf("\n");
      const key = end < 0 ? pair : pair.slice(0, end);
      return [key.slice(section.length + 1), end < 0 ? "true" : pair.slice(end + 1)];
    }),
  );
}
