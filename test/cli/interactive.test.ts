/** --interactive: its questions on a real terminal, which tmux plays (skipped where tmux is missing), and its refusals. */
import { beforeAll, describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";
import { binary } from "../rig/repository.ts";
import { hasTmux, Terminal } from "../rig/terminal.ts";

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
  let terminal: Terminal;
  let sessions = 0;

  beforeAll(() => {
    const { root, env } = makeRepository();
    terminal = new Terminal(root, env, { columns: 120, rows: 40 });
  });

  /** Runs a command line there and answers its questions, each when it stands on the screen; returns what was shown. */
  async function converse(where: Repository, words: string, answers: readonly (readonly [string, string])[]) {
    const session = `s${++sessions}`;
    terminal.start(session, `cd '${where.folder}' && '${process.execPath}' '${binary}' ${words}; echo "exit $?"`);
    const screen = () => terminal.tmux("capture-pane", "-p", "-J", "-t", session).trimEnd();
    for (const [text, keys] of answers) {
      await terminal.waitForScreen(screen, (shown) => shown.endsWith(text), `ended with '${text}'`);
      terminal.tmux("send-keys", "-t", session, ...keys.split(" "));
    }
    terminal.waitForEnd(session);
    const lines = screen().split("\n");
    terminal.tmux("kill-session", "-t", session);
    return lines;
  }

  test("asks before each stage that would run; another word is asked again; y goes on", async () => {
    const project = makeRepository({ files });
    const again = "Your response must be one of: ['yes', 'no', 'y', 'n']. Please try again.";
    const lines = await converse(project, "repro -i", [
      [question("prep"), "maybe Enter"],
      [`${again}\n${question("prep")}`, "Y Enter"],
      [question("train"), "yes Enter"],
    ]);
    expect(lines).toContain("Running stage 'prep':");
    expect(lines).toContain("Running stage 'train':");
    expect(lines.at(-1)).toBe("exit 0");
    expect((await converse(project, "repro -i", [])).join("\n")).not.toContain("Going to reproduce");
  });

  test("n ends the run and keeps what is done; so does the end of the input", async () => {
    const project = makeRepository({ files });
    const refused = await converse(project, "repro -i", [
      [question("prep"), "y Enter"],
      [question("train"), "n Enter"],
    ]);
    expect(refused.slice(-2)).toEqual([
      "ERROR: failed to reproduce 'train': reproduction aborted by the user",
      "exit 255",
    ]);
    expect(project.exists("b.txt")).toBe(false);
    const ended = await converse(project, "repro -i", [[question("train"), "C-d"]]);
    expect(ended.at(-1)).toBe("exit 255");
    const stopped = await converse(project, "repro -i", [[question("train"), "C-c"]]);
    expect(stopped.at(-1)).toBe("exit 252");
    expect((await project.run(["status", "-q"])).exitCode).toBe(1);
  });

  test("exp run asks too, and core.interactive stands for the option", async () => {
    const project = makeRepository({ files });
    await project.succeed(["config", "core.interactive", "true"]);
    const lines = await converse(project, "exp run -n asked", [
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
