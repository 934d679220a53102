/** --interactive: its questions on a real terminal, which tmux plays (skipped where tmux is missing), and its refusals. */
import { execFileSync, spawnSync } from "node:child_process";
import { beforeAll, describe, expect, test } from "vitest";
import { makeRepository, type Repository, waitLimitMs, whenFileEnds } from "../rig/index.ts";
import { binary } from "../rig/repository.ts";

const hasTmux = spawnSync("tmux", ["-V"]).status === 0;

const files = {
  "dvc.yaml": JSON.stringify({
    stages: {
      prep: { cmd: "echo 1 > a.txt", outs: ["a.txt"] },
      train: { cmd: "cp a.txt b.txt", deps: ["a.txt"], outs: ["b.txt"] },
    },
  }),
};

const question = (stage: string) => `Going to reproduce stage: '${stage}'. Are you sure you want to continue? [y/n]`;

describe.skipIf(!hasTmux)("on a terminal", () => {
  let repository: Repository;
  let environment: NodeJS.ProcessEnv;
  let sessions = 0;

  beforeAll(() => {
    repository = makeRepository();
    environment = { ...repository.env, LC_ALL: "C.UTF-8", TMUX_TMPDIR: repository.root };
    whenFileEnds(() => void spawnSync("tmux", ["kill-server"], { env: environment }));
  });

  const tmux = (...args: string[]) =>
    execFileSync("tmux", ["-u", "-f", "/dev/null", ...args], {
      env: environment,
      encoding: "utf8",
      timeout: waitLimitMs,
      stdio: ["ignore", "pipe", "pipe"],
    });

  /** Runs a command line there and answers its questions, each when it stands on the screen; returns what was shown. */
  function converse(where: Repository, words: string, answers: readonly (readonly [string, string])[]): string[] {
    const session = `s${++sessions}`;
    const run = `cd '${where.folder}' && '${process.execPath}' '${binary}' ${words}; echo "exit $?"`;
    tmux(
      "new-session",
      "-d",
      "-s",
      session,
      "-x",
      "120",
      "-y",
      "40",
      `${run}; tmux wait-for -S ${session}; read never`,
    );
    const screen = () => tmux("capture-pane", "-p", "-J", "-t", session).trimEnd();
    for (const [text, keys] of answers) {
      const until = Date.now() + waitLimitMs;
      while (!screen().endsWith(text))
        if (Date.now() > until) throw new Error(`the screen never ended with '${text}':\n${screen()}`);
      tmux("send-keys", "-t", session, ...keys.split(" "));
    }
    tmux("wait-for", session);
    const lines = screen().split("\n");
    tmux("kill-session", "-t", session);
    return lines;
  }

  test("asks before each stage that would run; another word is asked again; y goes on", () => {
    const project = makeRepository({ files });
    const again = "Your response must be one of: ['yes', 'no', 'y', 'n']. Please try again.";
    const lines = converse(project, "repro -i", [
      [question("prep"), "maybe Enter"],
      [`${again}\n${question("prep")}`, "Y Enter"],
      [question("train"), "yes Enter"],
    ]);
    expect(lines).toContain("Running stage 'prep':");
    expect(lines).toContain("Running stage 'train':");
    expect(lines.at(-1)).toBe("exit 0");
    expect(converse(project, "repro -i", []).join("\n")).not.toContain("Going to reproduce");
  });

  test("n ends the run and keeps what is done; so does the end of the input", async () => {
    const project = makeRepository({ files });
    const refused = converse(project, "repro -i", [
      [question("prep"), "y Enter"],
      [question("train"), "n Enter"],
    ]);
    expect(refused.slice(-2)).toEqual([
      "ERROR: failed to reproduce 'train': reproduction aborted by the user",
      "exit 255",
    ]);
    expect(project.exists("b.txt")).toBe(false);
    const ended = converse(project, "repro -i", [[question("train"), "C-d"]]);
    expect(ended.at(-1)).toBe("exit 255");
    const stopped = converse(project, "repro -i", [[question("train"), "C-c"]]);
    expect(stopped.at(-1)).toBe("exit 252");
    expect((await project.run(["status", "-q"])).exitCode).toBe(1);
  });

  test("exp run asks too, and core.interactive stands for the option", async () => {
    const project = makeRepository({ files });
    await project.succeed(["config", "core.interactive", "true"]);
    const lines = converse(project, "exp run -n asked", [
      [question("prep"), "y Enter"],
      [question("train"), "y Enter"],
    ]);
    expect(lines.at(-1)).toBe("exit 0");
    expect((await project.run(["exp", "list", "--name-only"])).stdout).toBe("asked\n");
    // A copy of the workspace has nobody to ask.
    await project.succeed(["exp", "run", "--temp", "-f", "-n", "alone"]);
    expect((await project.run(["repro", "-f", "-j", "2"])).exitCode).toBe(254);
  });
});

test("without a terminal the answer is no", async () => {
  const project = makeRepository({ files });
  const result = await project.run(["repro", "-i"], { stdin: "y\ny\n" });
  expect(result.exitCode).toBe(255);
  expect(result.stderr).toBe("ERROR: failed to reproduce 'prep': reproduction aborted by the user\n");
  expect(project.exists("a.txt")).toBe(false);
});

test.each([["--queue"], ["--temp"], ["--run-all"], ["--jobs", "2"]])("is refused with %s", async (...words) => {
  const project = makeRepository({ files });
  const result = await project.run(["exp", "run", "--interactive", ...words]);
  expect(result.exitCode).toBe(254);
  expect(result.stderr).toContain("--interactive");
});
