/** What a command tells of its work: -v, SWEEPLINE_DEBUG and --profile. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { topics } from "../../src/base/trace.ts";
import { checkout, makeGate, makeGatedRepository, makeRepository, type Repository } from "../rig/index.ts";
import { experimentFiles } from "./exp-project.ts";

let repository: Repository;
beforeEach(() => {
  repository = makeRepository({ files: experimentFiles });
});

const everything = { env: { SWEEPLINE_DEBUG: "*" } };

/** The lines of one topic, without times. */
function linesOf(stderr: string, topic: string): readonly string[] {
  const pattern = new RegExp(`^\\[\\d+\\.\\d{3} ${topic}(?: worker \\d+)?\\] (.*?)(?: \\(\\d+\\.\\d ms\\))?$`);
  return stderr.split("\n").flatMap((line) => pattern.exec(line)?.[1] ?? []);
}

describe("-v", () => {
  test("says why a stage runs, before the command's name and after it", async () => {
    const first = await repository.run(["-v", "repro"]);
    expect(first.exitCode).toBe(0);
    expect(linesOf(first.stderr, "stages")).toContain("copy: not up to date: there is no record of a run");
    repository.write({ "params.yaml": "x: 2\nname: 'a b'\nlist: [1, 2]\n" });
    const second = await repository.run(["repro", "-v"]);
    expect(linesOf(second.stderr, "stages")).toContain("copy: not up to date: x 1 -> 2");
    expect(linesOf(second.stderr, "git")).toEqual([]);
  });

  test("tells every other reason too", async () => {
    await repository.succeed(["repro"]);
    expect(linesOf((await repository.run(["repro", "-v"])).stderr, "stages")).toContain(
      "copy: skipped, all is as its record says",
    );
    expect(linesOf((await repository.run(["repro", "-v", "-f"])).stderr, "stages")).toContain(
      "copy: not up to date: forced",
    );
    repository.write({ "out.txt": "changed\n", "copy.sh": `${repository.read("copy.sh")}# more\n` });
    expect(linesOf((await repository.run(["repro", "-v"])).stderr, "stages")).toContain(
      "copy: not up to date: dep copy.sh changed, output out.txt changed",
    );
  });

  test("says where a result came from instead of from a run", async () => {
    await repository.succeed(["repro"]);
    repository.write({ "params.yaml": repository.read("params.yaml").replace("x: 1", "x: 2") });
    await repository.succeed(["repro"]);
    repository.write({ "params.yaml": repository.read("params.yaml").replace("x: 2", "x: 1") });
    const { stderr } = await repository.run(["repro", "-v"]);
    expect(linesOf(stderr, "run-cache")).toContain("copy: a kept run fits, outputs come from the cache");
    expect(linesOf(stderr, "cache").filter((line) => line.startsWith("checkout "))).not.toEqual([]);
  });

  test("is heard in worker threads, and changes nothing on stdout", async () => {
    const { stdout, stderr } = await repository.run(["sweep", "x=2,3", "-j", "2", "-v"]);
    expect(stderr).toMatch(/^\[\d+\.\d{3} stages worker \d+\] copy: not up to date/m);
    expect(stdout).not.toMatch(/^\[\d/m);
  });

  test("twice: every topic, and the command line without its values", async () => {
    const { stderr } = await repository.run(["exp", "run", "--queue", "-S", "x=secret", "-vv"]);
    expect(linesOf(stderr, "cli")[0]).toMatch(/^sweepline exp run --queue -S x=\.\.\. -vv: sweepline .*, Node /);
    expect(linesOf(stderr, "queue").join("\n")).toMatch(/^point 1 \(x=secret\): queued as '/m);
    expect(linesOf(stderr, "refs").join("\n")).toMatch(/create refs\/exps\/celery\/.*: committed$/m);
    expect(linesOf(stderr, "locks").join("\n")).toMatch(/taken, queueing experiments$/m);
  });

  test("reaches the workers in the background", async () => {
    await repository.succeed(["exp", "run", "--queue", "-S", "x=2", "-n", "told"]);
    await repository.succeed(["queue", "start", "-vv", "--idle", "100ms"]);
    await repository.succeed(["queue", "logs", "-f", "told"]);
    const log = repository.read(".dvc/tmp/exps/sweepline/coordinator.log");
    expect(linesOf(log, "queue")).toContain("1 told: claimed");
  });

  test("a failure is followed by its code", async () => {
    const repository = makeRepository();
    const told = await repository.run(["-v", "exp", "apply", "nobody"]);
    expect(told).toMatchObject({
      exitCode: 255,
      stderr: expect.stringMatching(/^ERROR: .*\n(HINT: .*\n)?CODE: NOT_[A-Z_]+\n$/m),
    });
    const plain = await repository.run(["exp", "apply", "nobody"]);
    expect(plain).toMatchObject({ exitCode: 255, stderr: expect.not.stringContaining("CODE") });
  });

  test("a command with a -v of its own keeps it", async () => {
    await repository.succeed(["exp", "run", "--queue", "-S", "x=2"]);
    const { stdout, exitCode } = await repository.run(["-v", "queue", "status"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Details");
  });

  test("behind the words of a stage's command it is that command's", async () => {
    const { stderr } = await repository.run(["stage", "add", "-n", "s", "-o", "s.txt", "touch", "s.txt", "-v"]);
    expect(linesOf(stderr, "stages")).toEqual([]);
    expect(repository.read("dvc.yaml")).toContain("touch s.txt -v");
  });
});

test("docs/debugging.md tells of each topic", () => {
  const rows = readFileSync(path.join(checkout, "docs/debugging.md"), "utf8").matchAll(/^\| `([\w-]+)` /gm);
  expect([...rows].map((row) => row[1])).toEqual(topics);
});

describe("SWEEPLINE_DEBUG", () => {
  test("nothing is told unasked", async () => {
    expect((await repository.run(["exp", "run", "--queue", "-S", "x=2"])).stderr).toBe("");
  });

  test("topics by name; what is none is said", async () => {
    const { exitCode, stderr } = await repository.run(["exp", "ls"], { env: { SWEEPLINE_DEBUG: "git, \u001b[31m" } });
    expect(exitCode).toBe(0);
    expect(stderr).toContain("WARNING: SWEEPLINE_DEBUG: no topic '\\x1b[31m'; there are cli, ");
    expect(linesOf(stderr, "git").join("\n")).toMatch(/^for-each-ref .*: exit 0, in /m);
    expect(linesOf(stderr, "locks")).toEqual([]);
  });

  test("a git that serves many requests is told when it starts and when it ends", async () => {
    await repository.succeed(["exp", "run", "-S", "x=2"]);
    const lines = linesOf((await repository.run(["exp", "show", "--json"], everything)).stderr, "git");
    expect(lines.join("\n")).toMatch(/^cat-file --batch: started in .*, pid \d+$/m);
    expect(lines.join("\n")).toMatch(/^cat-file --batch: exit 0, in /m);
  });

  test("no credentials, and nothing that a terminal would obey", async () => {
    await repository.succeed(["exp", "run", "-S", "x=2", "-n", "one"]);
    const remote = "http://user:hunter2@127.0.0.1:1/r\u001b[31m";
    const { exitCode, stderr } = await repository.run(["exp", "push", remote, "one"], everything);
    expect(exitCode).toBe(255);
    expect(linesOf(stderr, "git").join("\n")).toContain("http://***@127.0.0.1:1/r\\x1b[31m");
    expect(stderr).not.toContain("hunter2");
    expect(stderr).not.toContain("\u001b");
  });

  test("a lock that is held is told with who has it, one of a dead process with its end", async () => {
    const lock = path.join(repository.folder, ".dvc/tmp/exps/sweepline/queue.lock");
    mkdirSync(path.dirname(lock), { recursive: true });
    writeFileSync(lock, JSON.stringify({ pid: 4194304, startedAt: "0", what: "gone" }));
    const { stderr } = await repository.run(["exp", "run", "--queue", "-S", "x=2"], everything);
    expect(linesOf(stderr, "locks").join("\n")).toMatch(
      /queue.*: taken over from 'gone' \(pid 4194304\), which is gone/,
    );
  });

  test("points that are skipped, and why", async () => {
    await repository.succeed(["exp", "run", "--queue", "-S", "x=2", "-n", "two"]);
    const { stderr } = await repository.run(["sweep", "x=2,3,3", "--dry-run"], everything);
    const lines = linesOf(stderr, "queue").filter((line) => line.startsWith("point "));
    expect(lines[0]).toBe("point 1 (x=2): skipped, 'two' is the same and queued");
    expect(lines[2]).toBe("point 3 (x=3): skipped, it is the same as an earlier one");
  });

  test("requests to a storage remote", async () => {
    await repository.succeed(["repro"]);
    await repository.succeed(["remote", "add", "-d", "store", path.join(repository.root, "remote")]);
    const { stderr } = await repository.run(["push"], everything);
    expect(linesOf(stderr, "requests").join("\n")).toMatch(/^upload .*\/remote\/files\/md5\//m);
  });
});

interface TraceEvent {
  readonly name: string;
  readonly cat?: string;
  readonly ph: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly tid: number;
  readonly args?: { readonly detail?: string; readonly name?: string };
}

describe("--profile", () => {
  const file = () => path.join(repository.root, "profile.json");
  const events = (): readonly TraceEvent[] => JSON.parse(readFileSync(file(), "utf8"));

  function crossing(spans: readonly TraceEvent[]): readonly string[] {
    const found: string[] = [];
    for (const [at, a] of spans.entries())
      for (const b of spans.slice(at + 1)) {
        const [aStart = 0, bStart = 0] = [a.ts, b.ts];
        const [aEnd, bEnd] = [aStart + (a.dur ?? 0), bStart + (b.dur ?? 0)];
        const apart = aEnd <= bStart || bEnd <= aStart;
        const within = (aStart <= bStart && bEnd <= aEnd) || (bStart <= aStart && aEnd <= bEnd);
        if (a.tid === b.tid && !apart && !within) found.push(`${a.name} and ${b.name}`);
      }
    return found;
  }

  test("spans of all threads, each within another or apart, with the git calls by name", async () => {
    await repository.succeed(["--profile", file(), "sweep", "x=2,3,4", "-j", "2"]);
    const spans = events().filter(({ ph }) => ph === "X");
    expect(crossing(spans)).toEqual([]);
    const names = new Set(spans.map(({ name }) => name));
    const wanted = ["cli load", "sweep expand", "queue enqueue", "git rev-parse", "git cat-file", "refs transaction"];
    for (const name of [...wanted, "run experiment", "stages stage", "stages command", "hash file"])
      expect(names).toContain(name);
    expect(spans.filter(({ name }) => name === "run experiment")).toHaveLength(3);
    const workers = spans.filter(({ name }) => name === "run in copy").map(({ tid }) => tid);
    const threads = events().filter(({ ph, name }) => ph === "M" && name === "thread_name");
    for (const tid of workers) expect(threads.find((thread) => thread.tid === tid)?.args?.name).toMatch(/^worker \d+$/);
  });

  test("is whole after a failure", async () => {
    const { exitCode } = await repository.run(["sweep", "x=13,2", "--profile", file()]);
    expect(exitCode).toBe(1);
    expect(events().find(({ name }) => name === "stages command")).toBeDefined();
  });

  test("and after Ctrl+C, also where nothing has to be stopped", async () => {
    await repository.succeed(["exp", "run", "--queue", "-S", "x=2", "-n", "waits"]);
    const command = repository.start(["queue", "logs", "-f", "waits", "--profile", file()], everything);
    await command.printed(" cli] ");
    const { signal } = await command.kill("SIGINT");
    expect(signal).toBe("SIGINT");
    expect(events().at(-1)?.name).toBe("process_name");
  });

  test("a file that can't be written is refused before anything happens", async () => {
    for (const name of [".", "no/such/folder.json"]) {
      const { exitCode, stderr } = await repository.run(["exp", "run", "--queue", "-S", "x=2", "--profile", name]);
      expect(exitCode).toBe(254);
      expect(stderr).toMatch(/^ERROR: --profile '.*' can't be written: it/);
    }
    expect(existsSync(path.join(repository.folder, ".dvc/tmp"))).toBe(false);
  });

  test("its name is relative to the folder of --cd", async () => {
    mkdirSync(path.join(repository.folder, "inner"));
    await repository.succeed(["--cd", "inner", "exp", "ls", "--profile", "p.json"]);
    expect(JSON.parse(repository.read("inner/p.json"))).toBeInstanceOf(Array);
  });
});

test("a sweep that is stopped completes its profile", async () => {
  const gate = await makeGate("hold");
  const gated = makeGatedRepository(gate.command);
  const file = path.join(gated.root, "profile.json");
  const command = gated.start(["sweep", "x=1,2", "--profile", file]);
  await gate.nextCall();
  const { exitCode } = await command.kill("SIGINT");
  expect(exitCode).toBe(252);
  expect(JSON.parse(readFileSync(file, "utf8")).at(-1).name).toBe("process_name");
});
