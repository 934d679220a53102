/** A command that has printed its error is over: nothing that it started keeps it. */
import { expect, test } from "vitest";
import { makeRepository } from "../rig/index.ts";

const files = {
  "params.yaml": "x: 1\n",
  "p.toml": "x = 1\n",
  "p.json": '{"x": 1}\n',
  "p.py": "x = 1\nclass A:\n    y = 2\n",
  "dvc.yaml":
    "stages:\n  a:\n    cmd: echo > o\n    params:\n    - params.yaml:\n    - p.toml:\n    - p.json:\n    - p.py:\n    outs: [o]\n",
};

/** Values that a format can't hold, and changes that it can't make: all come after queueing has begun. */
const refused: readonly (readonly string[])[] = [
  ["exp", "run", "--queue", "-S", "p.toml:x=null"],
  ["sweep", "p.toml:x=1,null"],
  ["exp", "run", "--queue", "-S", "p.py:x=nan"],
  ["exp", "run", "--temp", "-S", "p.py:~A"],
  ["exp", "run", "-S", "p.py:~A"],
  ["exp", "run", "--queue", "-S", "p.py:+if=1"],
  ["exp", "run", "--queue", "-S", "p.json:+c={1:2}"],
  ["exp", "run", "--queue", "-S", "nowhere.yaml:x=1"],
  ["exp", "run", "--queue", "-n", "a/b", "-S", "x=1"],
  ["sweep", "-n", "..", "x=1,2"],
  ["exp", "run", "--queue", "nosuchstage"],
  ["matrix", "plan", "x=[1", "-o", "plan.json"],
  ["exp", "apply", "nosuch"],
  ["exp", "branch", "nosuch"],
  ["exp", "diff", "nosuch"],
  ["exp", "remove", "nosuch"],
  ["exp", "push", "nowhere", "nosuch"],
  ["exp", "pull", "nowhere", "nosuch"],
  ["queue", "remove", "nosuch"],
  ["queue", "kill", "nosuch"],
  ["queue", "logs", "nosuch"],
];

test("every refusal ends the command", async () => {
  const repository = makeRepository({ files });
  const ended: [string, number | null, string][] = [];
  for (const args of refused) {
    // The rig's limit ends what hangs, and fails.
    const { exitCode, stderr } = await repository.run(args);
    ended.push([args.join(" "), exitCode, stderr.split("\n")[0] ?? ""]);
  }
  for (const [command, exitCode, said] of ended) {
    expect([command, exitCode === 0 ? "ended well" : "failed"]).toEqual([command, "failed"]);
    expect([command, said]).toEqual([command, expect.stringMatching(/^(ERROR|error): /)]);
    expect([command, said]).not.toEqual([command, expect.stringContaining("unexpected error")]);
  }
});
