/** The commands about a pipeline, each with DVC's words and exit codes: dag, stage list, status, commit, freeze and unfreeze. */
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";

const definition = `stages:
  a: # makes what the others read
    cmd: cat in > "o x"
    deps: [in]
    outs: ["o x"]
  b:
    foreach: [p, q]
    do: {cmd: 'cat "o x" > b\${item}', deps: ["o x"], outs: ["b\${item}"]}
`;

let reproduced: Repository;
beforeAll(async () => {
  reproduced = makeRepository({ files: { "dvc.yaml": definition, in: "1\n", raw: "raw\n" } });
  reproduced.git("rm", "--quiet", "--cached", "raw");
  await reproduced.succeed(["add", "-q", "raw"]);
  await reproduced.succeed(["repro", "-q"]);
});

async function answer(repository: Repository, line: string): Promise<string> {
  const args = line.split(" ").map((word) => word.replace("_", " "));
  const { exitCode, stdout, stderr } = await repository.run(args);
  return `${stdout}${stderr}${exitCode === 0 ? "" : `exit code ${exitCode}\n`}`;
}

const mermaid = 'flowchart TD\n\tnode1["a"]\n\tnode2["b@p"]\n\tnode1-->node2\n';
const unknown =
  "'aa' does not exist as an output or a stage name in 'dvc.yaml': Stage 'aa' not found inside 'dvc.yaml' file\n" +
  "HINT: Did you mean 'a'?\nexit code 255\n";

// "_" stands for a space.
test.concurrent.each([
  ["dag", "a\nb@p <- a\nb@q <- a\nraw.dvc\n"],
  ["dag b@p", "a\nb@p <- a\n"],
  ["dag o_x --full", "a\nb@p <- a\nb@q <- a\n"],
  ["dag --mermaid b@p", mermaid],
  ["dag --md b@p", `\`\`\`mermaid\n${mermaid}\`\`\`\n`],
  ["dag --dot b@q", 'strict digraph {\n"a";\n"b@q";\n"a" -> "b@q";\n}\n\n'],
  ["dag --dot --outs bq", 'strict digraph {\n"o x";\n"bq";\n"o x" -> "bq";\n}\n\n'],
  ["dag --collapse-foreach-matrix b", "a\nb <- a\n"],
  ["dag aa", `ERROR: ${unknown}`],
  ["stage list", "a    Outputs o x\nb@p  Outputs bp\nb@q  Outputs bq\n"],
  ["stage list --all --name-only", "a\nb@p\nb@q\nraw.dvc\n"],
  ["stage list raw.dvc b@q", "raw.dvc  Outputs raw\nb@q      Outputs bq\n"],
  ["status", "Data and pipelines are up to date.\n"],
  ["status -q", ""],
  ["status --json", "{}\n"],
  ["status aa", `ERROR: ${unknown}`],
  ["commit aa", `ERROR: failed to commit aa - ${unknown}`],
  ["freeze b", expect.stringMatching(/^ERROR: failed to freeze 'b' - .* frozen here: 'b'\n.*exit code 255\n$/s)],
])("%s", async (line, expected) => {
  expect(await answer(reproduced, line)).toEqual(expected);
});

describe("after a change", () => {
  let repository: Repository;
  beforeEach(() => {
    repository = reproduced.copy();
    repository.write({ in: "2\n" });
  });

  test.each([
    ["status --no-updates", "a:\n\tchanged deps:\n\t\tmodified:           in\n"],
    ["status -q", "exit code 1\n"],
    ["status -q b raw.dvc", ""],
    ["status --json o_x b", '{"a": [{"changed deps": {"in": "modified"}}]}\n'],
    [
      "commit a",
      "ERROR: failed to commit a - unable to commit changed stage: 'a'. Use `-f|--force` to force.\nexit code 255\n",
    ],
  ])("%s", async (line, expected) => {
    expect(await answer(repository, line)).toBe(expected);
  });

  test("commit --force takes what is there", async () => {
    expect(await answer(repository, "commit -f o_x")).toBe("Updating lock file 'dvc.lock'\n");
    expect(await answer(repository, "status a")).toBe("Data and pipelines are up to date.\n");
  });

  test("stage list --all leaves a broken file out, and fails for it with --fail", async () => {
    repository.write({ "bad/dvc.yaml": "stages: {x: {cm: 1}}\n" });
    const listed = await repository.run(["stage", "list", "--all", "--name-only"]);
    expect(listed).toMatchObject({ exitCode: 0, stdout: "a\nb@p\nb@q\nraw.dvc\n" });
    expect(listed.stderr).toMatch(/^WARNING: 'bad\/dvc\.yaml' validation failed/);
    expect(await answer(repository, "stage list --all --fail")).toMatch(
      /^ERROR: 'bad\/dvc\.yaml' validation failed[\s\S]*code 255/,
    );
  });

  test("a frozen stage is not looked at, and unfreeze gives the file back as it was", async () => {
    expect(await answer(repository, "freeze a")).toBe("Modifying stage 'a' in 'dvc.yaml'\n");
    expect(repository.read("dvc.yaml")).toBe(definition.replace('["o x"]\n', '["o x"]\n    frozen: true\n'));
    repository.write({ in: "3\n" });
    expect(await answer(repository, "status a")).toContain("is frozen. Its dependencies are not going to be shown");
    expect(await answer(repository, "unfreeze a")).toBe("Modifying stage 'a' in 'dvc.yaml'\n");
    expect(repository.read("dvc.yaml")).toBe(definition);
  });
});

test("commit puts what repro --no-commit made into the cache, without asking", async () => {
  const project = makeRepository({ files: { "dvc.yaml": definition, in: "1\n" } });
  await project.succeed(["repro", "-q", "--no-commit"]);
  expect((await project.run(["status", "a"])).stdout).toContain("not in cache");
  await project.succeed(["commit"]);
  expect((await project.run(["status"])).stdout).toBe("Data and pipelines are up to date.\n");
});
