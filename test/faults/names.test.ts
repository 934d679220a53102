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

test("refs of a remote that name no commit, or nothing, do not keep the others from coming", async () => {
  const repository = makeExperimentRepository();
  await repository.succeed(["exp", "run", "--temp", "-n", "good", "-S", "x=5"]);
  repository.git("init", "--quiet", "--bare", "../remote.git");
  repository.git("remote", "add", "origin", "../remote.git");
  const [good = ""] = repository.experimentRefs();
  const folder = good.slice(0, good.lastIndexOf("/"));
  repository.git("tag", "-a", "-m", "text", "text");
  const ids = { blob: "HEAD:params.yaml", tree: "HEAD^{tree}", tag: "text", good };
  for (const [name, id] of Object.entries(ids)) repository.git("push", "-q", "origin", `${id}:${folder}/${name}`);
  repository.write({ [`../remote.git/${folder}/junk`]: "deadbeef\n" });
  repository.git("update-ref", "-d", good);
  const named = await repository.run(["exp", "pull", "origin", "blob", "--no-cache"]);
  expect(named).toMatchObject({
    exitCode: 255,
    stderr: "WARNING: passed over, because the ref names no commit: 'blob'\n",
  });
  const all = await repository.run(["exp", "pull", "origin", "-A", "--no-cache"]);
  expect(all).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("'blob', 'tag', 'tree'") as string });
  expect(repository.experimentRefs()).toEqual([good]);
});
