/** Stages that register checkpoints while they run. */
import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { binary } from "../../rig/index.ts";
import { chainOf, inChain, makeTraining, training } from "../checkpoint-project.ts";

const epochs = (...numbers: number[]) => numbers.map((epoch) => `{"epoch": ${epoch}}`);

/** The ids that a run printed, shortened. */
const toldIn = (output: string) =>
  [...output.matchAll(/Checkpoint experiment iteration '([0-9a-f]{7})'\./g)].map(([, id]) => id);

test("each checkpoint is a commit with its own lock file and metrics; at the end one more where outputs changed", async () => {
  const last = "echo end >> model.txt";
  const repository = makeTraining(training({ last: `[ "$lr" = 2 ] && ${last} || :` }));
  const output = await repository.succeed(["exp", "run", "-n", "c"]);
  // Those of a run that is under way are no finished point; the last one becomes it, and is told anew.
  const chain = chainOf(repository, "c").map((commit) => commit.slice(0, 7));
  const told = toldIn(output);
  expect([told.length, told.slice(0, 2), told.at(-1)]).toEqual([4, chain.slice(0, 2), chain.at(-1)]);
  expect(inChain(repository, "c", "metrics.json")).toEqual(epochs(1, 2, 3));
  const sizes = inChain(repository, "c", "dvc.lock").map(
    (lock) => /path: model\.txt\n.*\n.*\n +size: (\d+)/.exec(lock)?.[1],
  );
  expect(sizes).toEqual(["4", "8", "12"]);
  expect(repository.git("rev-parse", "refs/exps/exec/EXEC_APPLY")).toBe(chainOf(repository, "c").at(-1));
  expect(repository.exists(".dvc/tmp/DVC_CHECKPOINT")).toBe(false);
  await repository.succeed(["exp", "run", "--temp", "-n", "t", "-S", "lr=2"]);
  expect(inChain(repository, "t", "metrics.json")).toEqual(epochs(1, 2, 3, 3));
});

test("experiments at once have a chain each, from the start, and what lies in the workspace is left alone", async () => {
  const repository = makeTraining(training());
  await repository.succeed(["exp", "run", "-n", "here"]);
  await repository.succeed(["exp", "run", "--queue", "-n", "q", "-S", "lr=2,3,4"]);
  await repository.succeed(["exp", "run", "--run-all", "-j", "3"]);
  for (const name of ["q-1", "q-2", "q-3"]) expect(inChain(repository, name, "metrics.json")).toEqual(epochs(1, 2, 3));
  expect(repository.read("model.txt")).toBe("1 1\n2 1\n3 1\n");
});

test("a stage that fails, or whose checkpoint can't be taken, leaves its checkpoints and the outputs of the last one", async () => {
  const repository = makeTraining(
    training({ each: 'echo torn > model.txt; [ "$i" = 2 ] && exit 4; echo "$i" > model.txt' }),
  );
  const result = await repository.run(["exp", "run", "-n", "f"]);
  expect([result.exitCode, result.stderr]).toEqual([255, expect.stringContaining("the checkpoints of 'f' are kept")]);
  expect(inChain(repository, "f", "metrics.json")).toEqual(epochs(1, 2));
  const chain = chainOf(repository, "f").map((commit) => commit.slice(0, 7));
  expect(toldIn(result.stdout)).toEqual(chain);
  expect(result.stderr).toContain(`goes on from ${chain.at(-1)}\n`);
  expect(repository.read("model.txt")).toBe("1\n2 1\n");
  repository.write({ "train.sh": training({ each: "ln -sf /dev/null model.txt" }) });
  const refused = await repository.run(["exp", "run", "--temp", "-n", "g"]);
  expect([refused.exitCode, refused.stderr]).toEqual([
    255,
    expect.stringContaining("is neither a file nor a directory"),
  ]);
  expect(inChain(repository, "g", "metrics.json")).toEqual(epochs(1));
});

test("`checkpoint` returns when the checkpoint is safe, and fails where nobody takes any; repro refuses to run them", async () => {
  const call = `"${process.execPath}" "${binary}" checkpoint && git for-each-ref refs/exps >> seen || exit 3`;
  const repository = makeTraining(`echo 1 > model.txt; echo {} > metrics.json\n${call}\n`);
  await repository.succeed(["exp", "run", "-n", "c"]);
  expect(repository.read("seen")).toContain("/c\n");
  const alone = await repository.run(["-v", "checkpoint"]);
  expect([alone.exitCode, alone.stderr]).toEqual([255, expect.stringContaining("CODE: CHECKPOINT_UNHEARD")]);
  repository.write({ "params.yaml": "epochs: 3\nlr: 2\n" });
  const repro = await repository.run(["-v", "repro"]);
  expect([repro.exitCode, repro.stderr]).toEqual([
    255,
    expect.stringContaining("makes checkpoints, which belong to an experiment"),
  ]);
});

test("exp show draws the chain, and its metrics are a table and a curve", async () => {
  const repository = makeTraining(training());
  await repository.succeed(["exp", "run", "-n", "c"]);
  await repository.succeed(["exp", "run", "-n", "d", "-S", "epochs=4"]);
  const csv = (await repository.succeed(["exp", "show", "--csv"])).split("\r\n").map((row) => row.split(","));
  const shown = csv.map(([name, , type, , , epoch]) => [name, type, epoch]);
  // The newer chain comes first, and both may be of one second.
  const chain = (name: string, length: number) =>
    shown.slice(shown.findIndex((row) => row[0] === name)).slice(0, length);
  expect(chain("d", 4)).toEqual([
    ["d", "checkpoint_tip", "4"],
    ["", "checkpoint_commit", "3"],
    ["", "checkpoint_commit", "2"],
    ["", "checkpoint_base", "1"],
  ]);
  expect(chain("c", 3)).toEqual([
    ["c", "checkpoint_tip", "3"],
    ["", "checkpoint_commit", "2"],
    ["", "checkpoint_base", "1"],
  ]);
  const lines = (await repository.succeed(["exp", "show", "--no-pager"])).split("\n");
  const [c3 = "", c2 = "", c1 = ""] = chainOf(repository, "c")
    .reverse()
    .map((commit) => commit.slice(0, 7));
  const first = lines.findIndex((line) => line.includes(`╓ ${c3} [c]`));
  expect(lines.slice(first, first + 3).map((line) => line.trim().split("  ")[0])).toEqual([
    `│ ╓ ${c3} [c]`,
    `│ ╟ ${c2}`,
    `├─╨ ${c1}`,
  ]);
  const rows = (await repository.succeed(["exp", "curve", "c", "--csv"])).split("\r\n");
  expect(rows.slice(0, 2)).toEqual(["checkpoint,rev,Created,epoch", expect.stringMatching(/^1,[0-9a-f]{40},.*,1$/)]);
  expect(await repository.succeed(["exp", "curve", "c"])).toMatch(/^epoch\n3 ┤ {3}•\n/);
});

test("chains are pushed and pulled whole, with the data of each checkpoint", async () => {
  const repository = makeTraining(training());
  repository.git("init", "--quiet", "--bare", "../git-remote");
  repository.git("remote", "add", "origin", "../git-remote");
  repository.git("push", "--quiet", "origin", "HEAD:refs/heads/main");
  await repository.succeed(["remote", "add", "-d", "store", "../store"]);
  await repository.succeed(["exp", "run", "--temp", "-n", "c"]);
  await repository.succeed(["exp", "push", "origin", "c"]);
  const [first = ""] = chainOf(repository, "c");
  rmSync(path.join(repository.folder, ".dvc/cache"), { recursive: true });
  await repository.succeed(["exp", "remove", "c"]);
  await repository.succeed(["exp", "pull", "origin", "c"]);
  await repository.succeed(["exp", "apply", first]);
  expect(repository.read("model.txt")).toBe("1 1\n");
  expect(await repository.succeed(["exp", "diff", first, "c"])).toContain("epoch");
});

test("--timeout-at checkpoint ends a run with its next checkpoint, from which a retry goes on", async () => {
  const repository = makeTraining(training({ each: '[ "$i" = 3 ] || sleep 0.2' }));
  const limited = ["--timeout", "0.1s", "--timeout-at", "checkpoint"];
  const result = await repository.run(["exp", "run", "--temp", "-n", "t", ...limited]);
  expect([result.exitCode, result.stderr]).toEqual([255, expect.stringContaining("longer than 0.1 s")]);
  const first = inChain(repository, "t", "metrics.json");
  expect(first[0]).toBe('{"epoch": 1}');
  await repository.succeed(["queue", "retry", "t"]);
  expect([0, 1]).toContain((await repository.run(["exp", "run", "--run-all"])).exitCode);
  expect(inChain(repository, "t", "metrics.json").length).toBeGreaterThan(first.length);
});

test("--timeout-at checkpoint in the workspace: the next run goes on; a stage without checkpoints is not waited for", async () => {
  const repository = makeTraining(training({ each: "echo torn > model.txt; sleep 0.2; sed -i '$d' model.txt" }));
  repository.write({ "train.sh": training({ each: '[ "$i" = 3 ] || sleep 0.5' }) });
  const limited = ["--timeout", "0.3s", "--timeout-at", "checkpoint"];
  const first = await repository.run(["exp", "run", "-n", "here", ...limited]);
  expect([first.exitCode, first.stderr]).toEqual([255, expect.stringContaining("longer than 0.3 s")]);
  expect(first.stderr).toContain("the checkpoints of 'here' are kept");
  const kept = inChain(repository, "here", "metrics.json");
  expect(kept.at(-1)).not.toBe('{"epoch": 3}');
  expect(repository.read("model.txt").trim().split("\n")).toHaveLength(kept.length);
  expect(await repository.succeed(["exp", "run"])).toContain("'here' will be resumed");
  expect(inChain(repository, "here", "metrics.json")).toEqual(epochs(1, 2, 3));
  const stages = repository.read("dvc.yaml");
  repository.write({ "dvc.yaml": `${stages}  last:\n    cmd: sleep 1000\n    deps: [model.txt]\n` });
  for (const place of [
    ["-n", "b"],
    ["--temp", "-n", "c"],
  ]) {
    const { exitCode, stderr } = await repository.run(["exp", "run", ...place, ...limited]);
    expect([exitCode, stderr]).toEqual([255, expect.stringContaining("longer than 0.3 s")]);
  }
});

test("--keep-checkpoints says so where no checkpoint has the metric, and keeps all; here and in a copy", async () => {
  const repository = makeTraining(training());
  const words = ["exp", "run", "--keep-checkpoints", "best:losss"];
  for (const run of [
    ["-n", "here"],
    ["--temp", "-n", "copy"],
  ]) {
    const { stderr, stdout } = await repository.run([...words, ...run]);
    expect(stdout + stderr).toContain("no checkpoint has a number called 'losss': all of them stay");
    expect(inChain(repository, run.at(-1) ?? "", "metrics.json")).toEqual(epochs(1, 2, 3));
  }
});

test("--keep-checkpoints keeps the last ones, or the best and the last; gc takes the data of the others away", async () => {
  const script = training().replace('{\\"epoch\\": $i}', '{\\"epoch\\": $i, \\"loss\\": $(( (i-2)*(i-2) ))}');
  const repository = makeTraining(script, { "params.yaml": "epochs: 4\nlr: 1\n" });
  await repository.succeed(["exp", "run", "-n", "here", "--keep-checkpoints", "2"]);
  const epoch = (text: string) => JSON.parse(text).epoch;
  expect(inChain(repository, "here", "metrics.json").map(epoch)).toEqual([3, 4]);
  expect(repository.git("rev-parse", "refs/exps/exec/EXEC_APPLY")).toBe(chainOf(repository, "here").at(-1));
  await repository.succeed(["exp", "run", "--temp", "-n", "copy", "-S", "lr=2", "--keep-checkpoints", "best:loss"]);
  expect(inChain(repository, "copy", "metrics.json").map(epoch)).toEqual([2, 4]);
  const objects = () => readdirSync(path.join(repository.folder, ".dvc/cache/files/md5"), { recursive: true }).length;
  const before = objects();
  await repository.succeed(["gc", "-w", "-f"]);
  expect(objects()).toBeLessThan(before);
  expect(await repository.succeed(["exp", "run"])).toContain("'here' will be resumed");
});

test("--checkpoint-every takes one after every so many steps that DVCLive tells, without being asked", async () => {
  const script = [
    'steps="$DVC_ROOT/.dvc/tmp/exps/run"; mkdir -p "$steps"',
    "last() { git rev-parse --verify --quiet refs/exps/exec/EXEC_APPLY; }",
    "for i in 0 1 2 3; do",
    '  echo "$i" > model.txt; echo "{\\"step\\": $i}" > metrics.json; before=$(last)',
    '  echo "{\\"pid\\": $$, \\"step\\": $i}" > "$steps/new"; mv "$steps/new" "$steps/DVCLIVE_STEP_COMPLETED"',
    '  [ $((i % 2)) = 0 ] || while [ "$(last)" = "$before" ]; do sleep 0.01; done',
    "done",
    "",
  ].join("\n");
  const repository = makeTraining(script);
  await repository.succeed(["exp", "run", "-n", "c", "--checkpoint-every", "2"]);
  expect(inChain(repository, "c", "metrics.json")).toEqual(['{"step": 1}', '{"step": 3}']);
});
