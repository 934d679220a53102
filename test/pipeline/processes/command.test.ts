/** One command of a stage: how it ends, where its output goes, and what becomes of it when it is stopped. */
import { closeSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { type CommandRequest, commandLines, runCommand } from "../../../src/pipeline/processes/command.ts";
import { isGroupRunning, signalGroup, stopProcessGroup } from "../../../src/pipeline/processes/process-group.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";

async function run(command: string, asked: Partial<CommandRequest> = {}) {
  const workingFolder = makeTemporaryFolder();
  const log = path.join(workingFolder, "log");
  const descriptor = openSync(log, "a");
  const pids: number[] = [];
  const ends: number[] = [];
  try {
    const outcome = await runCommand({
      command,
      workingFolder,
      environment: { PATH: process.env.PATH },
      output: { kind: "file", descriptor },
      signal: new AbortController().signal,
      onStart: ({ pid }) => void pids.push(pid),
      onEnd: (pid) => void ends.push(pid),
      ...asked,
    });
    return { outcome, text: readFileSync(log, "utf8"), pids, ends };
  } finally {
    closeSync(descriptor);
  }
}

test.each([
  ["echo out; echo err >&2", { exitCode: 0 }, "out\nerr\n"],
  ["exit 3", { exitCode: 3 }, ""],
  ["kill -9 $$", { signal: "SIGKILL" }, ""],
])("%s", async (command, end, text) => {
  const ran = await run(command);
  expect([ran.outcome, ran.text]).toEqual([{ kind: "ended", end }, text]);
  expect(ran.ends).toEqual(ran.pids);
});

test("what can't be started is refused with the command's text", async () => {
  const nowhere = { workingFolder: path.join(makeTemporaryFolder(), "nowhere") };
  const noShell = { environment: { SHELL: "/nowhere/sh" } };
  for (const asked of [nowhere, noShell])
    await expect(run("echo", asked)).rejects.toMatchObject({
      code: "COMMAND_NOT_STARTED",
      message: expect.stringMatching(/^failed to run: echo: .*ENOENT/),
    });
});

test("one that is stopped ends with all of its group; one that was stopped before never starts", async () => {
  const stop = new AbortController();
  const ran = await run("sleep 60 & sleep 60", { signal: stop.signal, onStart: () => stop.abort() });
  expect(ran.outcome).toEqual({ kind: "cancelled" });
  expect(await run("echo x", { signal: AbortSignal.abort() })).toMatchObject({
    outcome: { kind: "cancelled" },
    text: "",
  });
});

test("a group that does not listen is killed after its time; one that is gone is fine", async () => {
  let group = 0;
  const listening = run("trap '' TERM; echo ready; sleep 60 & wait; sleep 60", { onStart: ({ pid }) => (group = pid) });
  while (!isGroupRunning(group)) await new Promise((resolve) => setImmediate(resolve));
  await stopProcessGroup(group, 0);
  expect((await listening).outcome).toMatchObject({ kind: "ended", end: { signal: expect.stringMatching(/^SIG/) } });
  await stopProcessGroup(group);
  signalGroup(group, "SIGKILL");
  expect(isGroupRunning(group)).toBe(false);
});

test("the lines of a command are those that Python splits; a list is as it is", () => {
  expect(commandLines("a\nb\r\nc\u2028d\n")).toEqual(["a", "b", "c", "d"]);
  expect(commandLines("a\n\nb")).toEqual(["a", "", "b"]);
  expect(commandLines(["a\nb", "c"])).toEqual(["a\nb", "c"]);
});
