/** What shells are told at a Tab, and the scripts that ask. */
import { execFileSync, spawnSync } from "node:child_process";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { binary, type Repository } from "../rig/index.ts";
import { makeExperimentRepository } from "./exp-project.ts";

let repository: Repository;

beforeAll(async () => {
  repository = makeExperimentRepository({
    "conf/config.yaml": "defaults:\n  - model: small\n  - _self_\nx: 1\ntrain: {lr: 0.1, sizes: [1, 2]}\n",
    "conf/extra/net/wide.yaml": "w: 1\n",
    "conf/model/small.yaml": "u: 1\n",
    "conf/model/large.yaml": "u: 2\ndepth: 3\n",
    "m.json": '{"score": 1}\n',
    ".dvc/config": "[hydra]\n    enabled = true\n",
  });
  const head = repository.git("rev-parse", "HEAD");
  repository.git("update-ref", `refs/exps/${head.slice(0, 2)}/${head.slice(2)}/brave-ibex`, head);
  await repository.succeed(["exp", "run", "--queue", "--no-hydra", "-n", "later", "-S", "x=5"]);
});

async function told(...words: string[]): Promise<readonly string[]> {
  return (await repository.succeed(["complete-words", ...words])).split("\n").slice(0, -1);
}

describe("words", () => {
  test.each<[words: readonly string[], some: readonly string[]]>([
    [
      ["fish", "ex"],
      ["exp", "expand"],
    ],
    [["fish", "exp", "sh"], ["show"]],
    [
      ["fish", "exp", "show", "--sort-"],
      ["--sort-by", "--sort-order"],
    ],
    [
      ["fish", "exp", "show", "--sort-order", ""],
      ["asc", "desc"],
    ],
    [["fish", "exp", "show", "--sort-by", "sc"], ["score"]],
    [["fish", "exp", "apply", "b"], ["brave-ibex"]],
    [["fish", "queue", "remove", ""], ["later"]],
    [["fish", "repro", ""], ["copy"]],
    [
      ["fish", "exp", "show", "--columns", "score,"],
      ["score,list", "score,name", "score,x"],
    ],
    [["fish", "exp", "show", "--best", ""], ["score"]],
    [["fish", "exp", "note", ""], ["brave-ibex"]],
    [["fish", "exp", "note", "brave-ibex", ""], []],
    [
      ["fish", "completion", ""],
      ["bash", "fish", "zsh"],
    ],
    [
      ["fish", "queue", "logs", ""],
      ["brave-ibex", "later"],
    ],
    [["fish", "--cd", "..", "exp", "apply", "b"], []],
    [["fish", "--cd", "..", "--cd", ".", "exp", "apply", "b"], []],
    [["fish", "sweep", "x"], ["x="]],
    [
      ["fish", "sweep", "tr"],
      ["train.lr=", "train.sizes="],
    ],
    [
      ["fish", "sweep", "mo"],
      ["model=", "model.u="],
    ],
    [
      ["fish", "sweep", "model=large", "model."],
      ["model.depth=", "model.u="],
    ],
    [["fish", "compose", "+extra/"], ["+extra/net="]],
    [["fish", "compose", "+extra/net=w"], ["+extra/net=wide"]],
    [["fish", "sweep", "model=small,"], ["model=small,large"]],
    [
      ["fish", "sweep", "l"],
      ["list", "list="],
    ],
    [
      ["fish", "sweep", "model="],
      ["model=large", "model=small"],
    ],
    [["fish", "exp", "run", "-S", "model=s"], ["model=small"]],
    [["fish", "nosuch", ""], []],
    [["bash", "sweepline sweep -n 'a b' model=l"], ["large"]],
    [["bash", "sweepline exp apply "], ["brave-ibex"]],
  ])("%j", async (words, some) => {
    expect([...(await told(...words))].sort()).toEqual([...some].sort());
  });

  test("where nothing can be told nothing is said", async () => {
    const { exitCode, stdout, stderr } = await repository.run(["complete-words", "fish", "exp", "apply", ""], {
      cwd: "..",
    });
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });
});

describe("scripts", () => {
  const hasShell = (shell: string) => spawnSync(shell, ["-c", "exit 0"]).status === 0;

  test.each(["bash", "zsh", "fish"].filter(hasShell))("%s reads its own", async (shell) => {
    const script = await repository.succeed(["completion", shell]);
    execFileSync(shell, ["-n"], { input: script });
  });

  test("bash completes by it", async () => {
    const script = await repository.succeed(["completion", "bash"]);
    const line = "sweepline exp apply br";
    const asked = `sweepline() { '${process.execPath}' '${binary}' "$@"; }; COMP_LINE='${line}' COMP_POINT=${line.length}; _sweepline; echo "\${COMPREPLY[@]}"`;
    const options = { cwd: repository.folder, env: repository.env, encoding: "utf8" } as const;
    expect(execFileSync("bash", ["-c", `${script}\n${asked}`], options)).toBe("brave-ibex\n");
  });

  test("are written where the shell looks for them", async () => {
    const home = path.join(repository.root, "completion-home");
    const { stdout } = await repository.run(["completion", "fish", "--install"], { env: { XDG_CONFIG_HOME: home } });
    expect(stdout).toContain(path.join(home, "fish/completions/sweepline.fish"));
    const zsh = await repository.run(["completion", "zsh", "--install"], { env: { XDG_DATA_HOME: home } });
    expect(zsh.stdout).toContain("fpath=");
  });
});
