/** Names that lead out of their place, speak to the terminal or look like options: refused by every command, nothing changes. */
import { expect, test } from "vitest";
import { makeExperimentRepository } from "../cli/exp-project.ts";

const names = [
  "../../heads/evil",
  "a b~^:",
  "-dash",
  "c\u001b[31m",
  "x".repeat(300),
  "a.lock",
  "a@{1}",
  "@",
  "",
  "new\nline",
];
const commands = [
  ["exp", "run", "--queue", "-S", "x=2", "-n"],
  ["exp", "save", "-n"],
  ["exp", "rename", "good", "--"],
  ["exp", "branch", "good", "--"],
  ["exp", "apply", "--"],
  ["exp", "remove", "--"],
  ["queue", "kill", "--"],
  ["queue", "move", "--first", "--"],
];

test("hostile names are refused in words, by each command", async () => {
  const repository = makeExperimentRepository();
  await repository.succeed(["exp", "run", "--temp", "-n", "good", "-S", "x=5"]);
  const refs = () => repository.git("for-each-ref") + repository.git("symbolic-ref", "HEAD");
  const before = refs();
  const chosen = process.env.SWEEPLINE_FAULTS_STRIDE === undefined ? names.slice(0, 8) : names;
  for (const [at, name] of chosen.entries())
    for (const command of process.env.SWEEPLINE_FAULTS_STRIDE === undefined
      ? [commands[at % commands.length] ?? []]
      : commands) {
      const { exitCode, stdout, stderr } = await repository.run([...command, name]);
      expect([1, 254, 255], `${command.join(" ")} ${name}`).toContain(exitCode);
      expect(stdout + stderr).not.toContain("\u001b");
      expect(stdout + stderr).not.toContain("\n    at ");
    }
  expect(refs()).toBe(before);
}, 180_000);
