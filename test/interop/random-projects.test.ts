/** Random projects, run by both tools in a copy each: the same lock files, the same .gitignore files, the same cache. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";
import { copyRepository, describeWithDvc, dvc } from "./peers.ts";
import { randomProject } from "./random-projects.ts";

/** All files but Git's and the tools' own scratch files; of the cache's objects only the names. */
function facts({ folder }: Repository): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const kept = files.filter(
    (name) => !/^\.(git|dvc\/tmp)(\/|$)/.test(name) && statSync(path.join(folder, name)).isFile(),
  );
  const text = (name: string) =>
    name.startsWith(".dvc/cache/files/") ? "" : readFileSync(path.join(folder, name), "utf8");
  return Object.fromEntries(kept.map((name) => [name, text(name)]));
}

/** Seeded, so that a failure can be seen again; SWEEPLINE_RANDOM_SEED tries others. */
const sample = { numRuns: 6, seed: Number(process.env.SWEEPLINE_RANDOM_SEED ?? 20) };

describeWithDvc("random projects", () => {
  test("run by both tools", async () => {
    // Folders of one repository: starting DVC costs more than running a stage.
    const projects = fc.sample(randomProject, sample);
    const files = projects.flatMap((project, index) =>
      Object.entries(project).map(([name, text]) => [`project-${index}/${name}`, text] as const),
    );
    const ours = makeRepository({ files: Object.fromEntries(files) });
    const theirs = copyRepository(ours);
    await Promise.all([ours.succeed(["repro", "-P"]), dvc(theirs, "repro", "-P")]);
    expect(facts(ours)).toEqual(facts(theirs));
    const [mine, other] = await Promise.all([theirs.succeed(["status", "--json"]), dvc(ours, "status", "--json")]);
    expect(JSON.parse(mine)).toEqual(JSON.parse(other));
  });
});
