/** Overrides that make a parameter another kind of value are told before anything is queued or run. */
import { describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";

const files = {
  "params.yaml": "lr: 1\nt: {a: 1}\nl: [1]\nw: word\nb: true\nn: null\n",
  "dvc.yaml": "stages:\n  s:\n    cmd: cp params.yaml o\n    params: [lr]\n    outs: [o]\n",
};

describe("kinds of values", () => {
  const repository = makeRepository({ files });
  const composed = makeRepository({
    files: {
      ...files,
      "conf/config.yaml": "defaults:\n- db: lite\n- _self_\nlr: 1\n",
      "conf/db/lite.yaml": "port: 1\n",
      "conf/db/big.yaml": "port: 2\n",
    },
  });
  const warnings = async (...args: readonly string[]) => warningsIn(repository, args);
  const warningsIn = async (where: Repository, args: readonly string[]) => {
    const { stderr } = await where.run([...args]);
    return stderr.split("\n").filter((line) => line.startsWith("WARNING"));
  };

  test.each([
    ["lr=abc", "'lr' is a number in 'params.yaml', and becomes a text"],
    ["t=3", "'t' is a mapping in 'params.yaml', and becomes a number"],
    ["l=3", "'l' is a list"],
    ["w=3", "'w' is a text"],
    ["b=3", "'b' is true or false"],
    ["t.a=[1]", "'t.a' is a number in 'params.yaml', and becomes a list"],
  ])("%s is told by a dry run of a sweep", async (override, message) => {
    expect(await warnings("sweep", "--dry-run", override)).toEqual([expect.stringContaining(message)]);
  });

  test("also by a dry run of one experiment, each once", async () => {
    expect(await warnings("exp", "run", "--dry", "-S", "lr=abc", "-S", "t=3")).toHaveLength(2);
    expect(await warnings("sweep", "--dry-run", "lr=abc", "t.a=1,2,3")).toHaveLength(1);
  });

  test.each(["lr=2.5", "t.a=1e-3", "t={a: 2}", "n=1", "b=false", "w=other", "+new=1", "~w"])(
    "%s is no change",
    async (override) => {
      expect(await warnings("exp", "run", "--dry", "-S", override.replace(": ", ":"))).toEqual([]);
    },
  );

  test("options of groups are no values of a composed config", async () => {
    await composed.succeed(["config", "hydra.enabled", "true"]);
    expect(await warningsIn(composed, ["sweep", "--dry-run", "db=lite,big"])).toEqual([]);
    expect(await warningsIn(composed, ["sweep", "--dry-run", "db.port=x"])).toEqual([
      expect.stringContaining("'db.port' is a number"),
    ]);
  });
});
