/** `--cd p COMMAND` is COMMAND inside p, for every command: what it prints, how it ends, and what it leaves behind. */
import { readdirSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { catalog } from "../../src/cli/catalog.ts";
import { type CommandResult, type Files, makeRepository, type Repository } from "../rig/index.ts";

const project = (value: number): Files => ({
  ".dvc/config":
    "[hydra]\n    enabled = true\n[core]\n    remote = store\n['remote \"store\"']\n    url = ../storage\n",
  ".dvc/.gitignore": "/config.local\n/tmp\n/cache\n",
  "conf/config.yaml": `defaults:\n- model: a\n- _self_\nx: ${value}\n`,
  "conf/model/a.yaml": "size: 1\n",
  "conf/model/b.yaml": "size: 2\n",
  "params.yaml": `model:\n  size: 1\nx: ${value}\n`,
  "dvc.yaml":
    "stages:\n  train:\n    cmd: cp params.yaml out.txt && echo '{\"loss\":1}' > m.json\n    params: [x, model]\n    outs: [out.txt]\n    metrics: [{m.json: {cache: false}}]\n",
  "sweep.txt": "x=7,8\n",
  "points.csv": "x\n5\n6\n",
});

const below = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content]));

/** Words of a command line, in an order in which one finds what the one before has left. */
const commandLines: readonly string[] = [
  "version",
  "parse x=1,2",
  "expand model=glob(*) x=1",
  "expand @sweep.txt",
  "compose x=4",
  "matrix plan @sweep.txt -n point -C data.bin -o -",
  "matrix plan @sweep.txt -n point -o sweep.json",
  "matrix emit --for lines --plan sweep.json -o jobs.txt",
  "matrix run --plan sweep.json --point 0-1 --bundle bundles/0.bundle --no-cache",
  "matrix collect --plan sweep.json --bundles bundles --no-cache --md report.md",
  "matrix init --for github x=1,2 --force",
  "init fresh --subdir",
  "config core.remote",
  "config --show-origin hydra.enabled",
  "config exp.git_remote upstream",
  "remote list",
  "remote add other ../elsewhere",
  "remote modify other url ../further",
  "remote default other",
  "remote default store",
  "remote remove other",
  "add data.bin",
  "stage add -n second -d sweep.txt cp sweep.txt second.txt",
  "stage list",
  "freeze second",
  "unfreeze second",
  "dag",
  "status",
  "repro",
  "status",
  "commit -f",
  "push",
  "fetch",
  "checkout",
  "pull",
  "unprotect data.bin",
  "data status",
  "diff",
  "check-ignore data.bin",
  "root",
  "cache dir",
  "checkpoint",
  "plots templates simple",
  "plots show points.csv -y x --json",
  "plots diff --targets points.csv --json",
  "plots modify -x a nothing",
  "metrics show",
  "metrics diff",
  "params diff",
  "exp save -n saved",
  "exp run -n here -S x=3",
  "exp run --dry -S x=9",
  "exp run --temp -n away -S x=4 -C sweep.txt",
  "exp run --queue -n waiting -S model=b",
  "queue status",
  "queue move waiting --first",
  "queue logs waiting",
  "exp run --run-all",
  "queue start --idle 1ms",
  "queue stop --kill",
  "queue worker --idle 1ms",
  "sweep -n grid model=glob(*) x=1",
  "report loss=1 --step 2",
  "search -n found x=1,2 --metric m.json:loss --trials 1",
  "sweep -n listed --points points.csv",
  "sweep -n again --dry-run @sweep.txt",
  "queue retry nothing",
  "ui --port nothing",
  "queue kill nothing",
  "queue task 000000000000 0",
  "queue remove nothing",
  "exp show --csv --no-pager",
  "exp list --name-only",
  "exp diff here away",
  "exp logs away",
  "exp compare here away",
  "exp effects --metric loss",
  "exp note here fine",
  "exp tag here good",
  "exp star here",
  "sweep list",
  "sweep show nothing",
  "exp rename away apart",
  "exp branch here branched",
  "exp push origin here",
  "studio status",
  "studio token",
  "studio logout",
  "studio login -H nowhere",
  "exp pull origin here",
  "exp bundle some.tar here",
  "exp unbundle some.tar here",
  "exp export --openmetrics metrics.txt",
  "exp apply here",
  "exp remove here",
  "exp curve here --csv loss nothing",
  "completion bash",
  "list .",
  "du . nothing",
  "get . sweep.txt -o got.txt",
  "import . sweep.txt -o taken.txt",
  "import-url points.csv copied.csv",
  "update copied.csv.dvc",
  "exp clean",
  "move data.bin moved.bin",
  "remove moved.bin.dvc",
  "gc -w -f",
  "install",
  "doctor",
  "destroy -f",
];

/** Twins: the same command in both must do the same. */
let outside: Repository;
let inside: Repository;
const date = { GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z", GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z" };

function makeTwin(): Repository {
  const twin = makeRepository({ files: { ...project(1), ...below("p", project(2)) } });
  // Data is not Git's, or `add` refuses it.
  twin.write({ "data.bin": "outer\n", "p/data.bin": "inner\n" });
  twin.git("init", "--quiet", "--bare", "../origin.git");
  twin.git("remote", "add", "origin", "../origin.git");
  return twin;
}

beforeAll(() => {
  [outside, inside] = [makeTwin(), makeTwin()];
});

/** Without what differs from run to run: ids, times, the twin's own folder, and the order of what ends at the same time. */
function plain(text: string, { root }: Repository): string {
  return (
    text
      .replaceAll(root, "ROOT")
      .replace(/\b[0-9a-f]{7,64}\b/g, "ID")
      .replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?Z?)?/g, "TIME")
      .replace(/\d\d:\d\d (AM|PM)/g, "TIME")
      // Of equal ones, the newest.
      .replace(/\w+-\d \(loss 1\)/g, "BEST (loss 1)")
      .replace(/\d+(\.\d+)? ?(ms|s)\b/g, "TIME")
      .replace(/process \d+/g, "process PID")
      .replace(/branch_(base|commit)/g, "branch")
      .replace(/[├└]/g, "+")
      .split("\n")
      .sort()
      .join("\n")
  );
}

/** Every file of the twin but those of Git and of the project's state. */
function filesOf({ folder }: Repository): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => !/^\.git\/|\.dvc\/tmp\//.test(name))
    .sort();
}

/** What a command did in the twins, as it was when it had ended. */
interface Step {
  readonly there: Outcome;
  readonly here: Outcome;
}

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly files: readonly string[];
}

async function outcome(twin: Repository, result: Promise<CommandResult>): Promise<Outcome> {
  const { stdout, stderr, exitCode } = await result;
  return { stdout: plain(stdout, twin), stderr: plain(stderr, twin), exitCode, files: filesOf(twin) };
}

async function runInTwins(line: string): Promise<Step> {
  const words = line.split(" ");
  const [there, here] = await Promise.all([
    outcome(outside, outside.run(["--cd", "p", ...words], { env: date })),
    outcome(inside, inside.run(words, { env: date, cwd: "p" })),
  ]);
  return { there, here };
}

/** Each line goes on from what those above it left; a test alone runs them too, and the order of the tests is any. */
const steps: Promise<Step>[] = [];
async function stepOf(index: number): Promise<Step> {
  for (const line of commandLines.slice(steps.length, index + 1)) {
    const before = steps.at(-1);
    steps.push(before === undefined ? runInTwins(line) : before.then(() => runInTwins(line)));
  }
  return steps[index] ?? Promise.reject(new Error(`there is no line ${index}`));
}

/** Those that have nothing to do here say so. */
function expectedExitCode(line: string): number {
  if (line.startsWith("check-ignore")) return 1;
  if (/^(studio login|ui|queue task)/.test(line)) return 254;
  return /nothing$|^queue logs|^checkpoint$|^studio (token|logout)$/.test(line) ? 255 : 0;
}

test.each(commandLines.map((line, index) => ({ line, index })))("--cd p $line ($index)", async ({ line, index }) => {
  const { there, here } = await stepOf(index);
  expect(there).toEqual(here);
  expect(there.exitCode, `${there.stdout}${there.stderr}`).toBe(expectedExitCode(line));
});

test("the list above has every command", () => {
  const named = catalog.flatMap(({ name, commands }) =>
    commands === undefined ? [name] : commands.map((each) => `${name} ${each.name}`),
  );
  const tried = commandLines.map((line) => line.split(" "));
  expect(named.filter((name) => !tried.some((words) => words.join(" ").startsWith(name)))).toEqual([]);
});

test("each --cd counts from the one before", async () => {
  const repository = makeRepository({ files: { "p/sub/dvc.yaml": "stages: {}\n" } });
  expect(await repository.succeed(["--cd", "p", "--cd", "sub", "stage", "list"])).toBe("");
  const { exitCode, stderr } = await repository.run(["--cd", "p", "--cd", "nowhere", "stage", "list"]);
  expect([exitCode, stderr]).toEqual([254, expect.stringContaining("p/nowhere': there is no such folder")]);
});
