import { describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";
import { experimentNames, queueRefs, userState } from "../exp-project.ts";

const hostile = [
  "a; touch pwned",
  "$(touch pwned)",
  "`touch pwned`",
  "a' ; touch pwned; '",
  '" ; touch pwned; "',
  "a\ntouch pwned",
  "a & touch pwned",
  "a | touch pwned",
  "a > pwned",
  "a < pwned",
  "*",
  "?",
  "# a",
  "~",
  "a\\",
  "a\u2028touch pwned",
];

const stage = (cmd: string) => ({ cmd, params: ["name"], outs: [{ "out.txt": { cache: false } }] });

function withName(name: string, definition: Record<string, unknown> = {}): Repository {
  const files = {
    "params.yaml": JSON.stringify({ name }),
    "dvc.yaml": JSON.stringify({ stages: { one: stage(`echo '\${name}' > out.txt`) }, ...definition }),
  };
  return makeRepository({ files });
}

describe("values with shell characters", () => {
  test("all are refused by --strict before anything runs, with the variable's name", async () => {
    const one = { matrix: { x: hostile }, cmd: `echo '\${item.x}'` };
    const repository = withName("n", { stages: { one } });
    const before = userState(repository);
    const result = await repository.run(["repro", "--strict"]);
    expect(result).toMatchObject({ exitCode: 255, stdout: "" });
    const lines = result.stderr.split("\n").slice(1, -1);
    expect(lines).toHaveLength(hostile.length);
    for (const line of lines)
      expect(line).toMatch(/the command of stage .* gets \$\{item\.x\} .*\$SWEEPLINE_PARAM_ITEM_X/s);
    expect(userState(repository)).toBe(before);
  });

  test("a value that a command has twice is told once", async () => {
    const twice = withName("a; b", { stages: { one: stage(`echo '\${name}' '\${ name }' > out.txt`) } });
    const { exitCode, stderr } = await twice.run(["repro", "--strict"]);
    expect([exitCode, stderr.split("the command of").length]).toEqual([255, 2]);
  });

  test("a warning without --strict; none for values that a shell leaves alone", async () => {
    const repository = withName("it costs $5");
    expect((await repository.run(["repro"])).stderr).toContain(
      `WARNING: the command of stage 'one' gets \${name} as "it costs $5", of which the shell reads $ as its own.`,
    );
    const harmless = await withName("two words-1.5,x=é/%:@+^!").run(["repro", "--strict"]);
    expect(harmless).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("values of a mapping are quoted, its keys are not", async () => {
    const stages = { one: stage(`echo \${vars_} > out.txt`) };
    const safe = withName("n", { vars: [{ vars_: { a: "x; y", b: ["$(z)"] } }], stages });
    expect((await safe.run(["repro", "--strict"])).exitCode).toBe(0);
    expect(safe.read("out.txt")).toBe("--a x; y --b $(z)\n");
    const unsafe = withName("n", { vars: [{ vars_: { "a;b": 1 } }], stages });
    const refused = await unsafe.run(["repro", "--strict"]);
    expect(refused.exitCode).toBe(255);
    expect(refused.stderr).toContain('with the key "a;b"');
  });

  test("the variable carries every kind of value as it is: of params, other files, vars, item and key", async () => {
    const printed = ["NAME", "CONF_JSON_A_B", "TITLE", "ITEM_X", "KEY", "LIST", "LIST_1", "NUM", "CONF_JSON_A", "ITEM"];
    const cmd = `printf '%s|' ${printed.map((name) => `"$SWEEPLINE_PARAM_${name}"`).join(" ")} > out.txt`;
    const params = ["name", "list", "num", { "conf.json": ["a"] }];
    const matrix = { matrix: { x: ["p;q"] }, ...stage(cmd), params };
    const name = "a; $(touch pwned) `x` ' \" \\ \n *";
    const repository = makeRepository({
      files: {
        "params.yaml": JSON.stringify({ name, list: [1, "$x"], num: 0.5 }),
        "conf.json": JSON.stringify({ a: { b: "$HOME" } }),
        "dvc.yaml": JSON.stringify({ vars: [{ title: "`t`" }], stages: { one: matrix } }),
      },
    });
    await repository.succeed(["repro", "--strict"]);
    expect(repository.read("out.txt")).toBe(
      [name, "$HOME", "`t`", "p;q", "p;q", '[1, "$x"]', "$x", "0.5", '{"b": "$HOME"}', '{"x": "p;q"}', ""].join("|"),
    );
  });

  test("of a value that -S replaces, the new one is judged", async () => {
    const repository = withName("a; b");
    const words = ["exp", "run", "--queue", "--strict", "-S"];
    expect((await repository.run([...words, "name=fine"])).exitCode).toBe(0);
    const refused = await repository.run([...words, "+other=1"]);
    expect([refused.exitCode, refused.stderr]).toEqual([255, expect.stringContaining("the command of stage")]);
  });

  test("what is queued: told when it is queued, refused there and where the queue is run with --strict", async () => {
    const repository = withName("fine");
    const before = userState(repository);
    const override = 'name="x; touch pwned"';
    for (const words of [
      ["exp", "run", "--queue", "--strict", "-S", override],
      ["exp", "run", "--temp", "--strict", "-S", override],
      ["exp", "run", "--strict", "-S", override],
      ["sweep", "--strict", `${override},ok`],
    ]) {
      const refused = await repository.run(words);
      expect(refused).toMatchObject({ exitCode: 255, stdout: "" });
      expect(refused.stderr).toContain("$SWEEPLINE_PARAM_NAME");
    }
    expect(userState(repository)).toBe(before);
    const queued = await repository.run(["exp", "run", "--queue", "-n", "q", "-S", override]);
    expect(queued).toMatchObject({ exitCode: 0 });
    expect(queued.stderr).toContain(`WARNING: the command of stage 'one' gets \${name}`);
    expect((await repository.run(["exp", "run", "--run-all", "--strict"])).exitCode).toBe(1);
    expect(queueRefs(repository)).toEqual(["failed/1"]);
    expect(experimentNames(repository)).toEqual([]);
    expect(repository.exists("pwned")).toBe(false);
  });
});
