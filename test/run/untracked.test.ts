/** What stages leave in a copy that nobody tracks or ignores: named, and kept where asked for. */
import { expect, test } from "vitest";
import { makeRepository } from "../rig/index.ts";

const told = "The following untracked files were present in the experiment directory after reproduction";

function project() {
  return makeRepository({
    files: {
      "params.yaml": "x: 1\n",
      ".gitignore": "*.log\n/o\n",
      "run.sh":
        "cp params.yaml o; echo i > i.log; echo s > 'side 1.txt'; mkdir -p d; cat given > d/y; git init -q made; echo > made/f\n",
      "dvc.yaml": "stages: {s: {cmd: sh run.sh, deps: [run.sh], params: [x], outs: [o]}}\n",
    },
  });
}

test("it is named once for a sweep, without what is ignored or was copied there", async () => {
  const repository = project();
  repository.write({ given: "mine\n" });
  const { exitCode, stdout, stderr } = await repository.run(["sweep", "x=2,3", "-C", "given"]);
  expect([exitCode, stderr]).toEqual([
    0,
    `WARNING: ${told} but will not be included in experiment commits:\n\td/y, made/, side 1.txt\nHINT: --keep-untracked keeps them in the experiments; as \`outs\` of their stage in dvc.yaml they always are.\n`,
  ]);
  expect(stdout).not.toContain(told);
});

test("with --keep-untracked it is part of the experiment, where the run was made before, too", async () => {
  const repository = project();
  repository.write({ given: "mine\n" });
  const shared = ["exp", "run", "-S", "x=2", "-C", "given"];
  await repository.succeed([...shared, "--temp", "-n", "left"]);
  await repository.succeed([...shared, "--queue", "-n", "kept", "--keep-untracked", "--force"]);
  const { stderr } = await repository.run(["exp", "run", "--run-all"]);
  expect(stderr).toContain(`${told} but will not be included in experiment commits:\n\tmade/\n`);
  const files = (name: string) =>
    repository
      .git(
        "ls-tree",
        "-r",
        "--name-only",
        repository.git("for-each-ref", "--format=%(refname)", `refs/exps/*/*/${name}`).trim(),
      )
      .trim()
      .split("\n");
  expect(files("kept").filter((file) => !files("left").includes(file))).toEqual(["d/y", "side 1.txt"]);
});

test.each([[["exp", "run", "--keep-untracked"]], [["exp", "run", "--run-all", "--keep-untracked"]]])(
  "%j is refused: there is nothing to keep",
  async (words) => {
    const { exitCode, stderr } = await project().run(words);
    expect([exitCode, stderr]).toEqual([254, expect.stringContaining("--keep-untracked is for --temp and --queue")]);
  },
);
