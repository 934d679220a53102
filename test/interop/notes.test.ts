/** Real DVC does not trip over notes: it lists, shows, applies, branches, diffs, renames and removes what has some. */
import { beforeAll, expect, test } from "vitest";
import { makePipelineRepository, type Repository } from "../rig/index.ts";
import { describeWithDvc, dvc } from "./peers.ts";

describeWithDvc("experiments with notes, tags and stars", () => {
  let repository: Repository;

  beforeAll(async () => {
    repository = makePipelineRepository();
    await repository.succeed(["exp", "run", "--temp", "--name", "ours", "-S", "train.lr=0.1"]);
    await dvc(repository, "exp", "run", "--temp", "--name", "theirs", "-S", "train.lr=0.3");
    for (const name of ["ours", "theirs"]) {
      await repository.succeed(["exp", "note", name, `of ${name}`]);
      await repository.succeed(["exp", "tag", name, "good"]);
      await repository.succeed(["exp", "star", name]);
    }
  });

  test("are the same to DVC as without", async () => {
    const csv = await dvc(repository, "exp", "show", "--csv", "-A");
    expect(csv.match(/^(ours|theirs),/gm)).toHaveLength(2);
    await dvc(repository, "exp", "apply", "ours");
    await dvc(repository, "exp", "branch", "theirs", "of-theirs");
    expect(await dvc(repository, "exp", "diff", "ours", "theirs")).toContain("train.lr");
    await dvc(repository, "exp", "rename", "ours", "renamed");
    expect(await repository.succeed(["exp", "note", "renamed"])).toBe("of ours\n");
    await dvc(repository, "gc", "--all-commits", "--all-experiments", "--force");
    expect(await dvc(repository, "exp", "ls", "-A", "--name-only")).toMatch(
      /renamed[\s\S]*theirs|theirs[\s\S]*renamed/,
    );
    await dvc(repository, "exp", "remove", "theirs");
    expect(await repository.succeed(["exp", "list", "-A", "--name-only", "--where", "starred"])).toBe("renamed\n");
  });
});
