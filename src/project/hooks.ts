/** Git's hooks of a repository, and the configuration of the program pre-commit. */
import path from "node:path";
import { SweeplineError } from "../base/errors.ts";
import { lstatIfExists, makeFolder, writeAtomic } from "../base/files.ts";

/** What Git starts, and the command that then runs. */
export const gitHooks = ["post-checkout", "pre-commit", "pre-push"] as const;

export type GitHook = (typeof gitHooks)[number];

function scriptOf(hook: GitHook): string {
  return `#!/bin/sh\nexec sweepline git-hook ${hook} "$@"\n`;
}

/** Writes the hooks into Git's folder for them: all, or where one is there already none. Errors: FILE_EXISTS. */
export function installHooks(hooksFolder: string): void {
  const taken = gitHooks.find((hook) => lstatIfExists(path.join(hooksFolder, hook)) !== undefined);
  if (taken !== undefined)
    throw new SweeplineError({
      code: "FILE_EXISTS",
      message: `Hook '${taken}' already exists.`,
      hint: `Add \`sweepline git-hook ${taken} "$@"\` to ${path.join(hooksFolder, taken)}, or move it away.`,
    });
  makeFolder(hooksFolder);
  for (const hook of gitHooks) writeAtomic(path.join(hooksFolder, hook), scriptOf(hook), { mode: 0o777 });
}

/** The entry for .pre-commit-config.yaml: programs of the machine, nothing is fetched. */
export const preCommitText = `- repo: local
  hooks:
  - id: sweepline-pre-commit
    name: sweepline pre-commit
    entry: sweepline git-hook pre-commit
    language: system
    always_run: true
    pass_filenames: false
    verbose: true
    stages:
    - pre-commit
  - id: sweepline-pre-push
    name: sweepline pre-push
    entry: sweepline git-hook pre-push
    language: system
    always_run: true
    pass_filenames: false
    stages:
    - pre-push
  - id: sweepline-post-checkout
    name: sweepline post-checkout
    entry: sweepline git-hook post-checkout
    language: system
    always_run: true
    pass_filenames: false
    stages:
    - post-checkout
`;

const marker = "- id: sweepline-pre-commit\n";

/** The text with our entry at the end of its `repos`; one that has it stays. undefined where `repos` is not the last key. */
export function withPreCommitHooks(text: string): string | undefined {
  if (text.includes(marker)) return text;
  if (text.trim() === "") return `repos:\n${preCommitText}`;
  const keys = [...text.matchAll(/^([A-Za-z_]\w*):.*$/gm)];
  const repos = keys.findIndex(([, key]) => key === "repos");
  const ended = text.endsWith("\n") ? text : `${text}\n`;
  if (repos < 0) return `${ended}repos:\n${preCommitText}`;
  const [line = ""] = keys[repos] ?? [];
  if (!/^repos:\s*(?:#.*)?$/.test(line)) return undefined;
  const start = (keys[repos]?.index ?? 0) + line.length + 1;
  const end = keys[repos + 1]?.index ?? ended.length;
  const indent = /^( *)- /m.exec(ended.slice(start, end))?.[1] ?? "";
  const entry = preCommitText.replace(/^(?=.)/gm, indent);
  return ended.slice(0, end) + entry + ended.slice(end);
}
