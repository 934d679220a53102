/** The environment of every process that a test starts: emptied, then set one by one. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

export type Environment = Readonly<Record<string, string>>;

const gitConfig = `[user]
\tname = Tester
\temail = tester@example.com
[init]
\tdefaultBranch = main
[commit]
\tgpgsign = false
[gc]
\tauto = 0
[protocol "file"]
\tallow = always
`;

/** Makes a home folder of its own below `root` and returns the environment that points to it. */
export function makeEnvironment(root: string): Environment {
  const home = path.join(root, "home");
  const temporary = path.join(root, "tmp");
  mkdirSync(home, { recursive: true });
  mkdirSync(temporary, { recursive: true });
  writeFileSync(path.join(home, ".gitconfig"), gitConfig);
  return {
    // Git, sh, node and the usual tools; peers, where they are tested.
    PATH: process.env.PATH ?? "/usr/bin:/bin",
    HOME: home,
    // No settings of whoever runs the tests, neither theirs nor the machine's.
    XDG_CONFIG_HOME: path.join(home, ".config"),
    XDG_CACHE_HOME: path.join(home, ".cache"),
    GIT_CONFIG_NOSYSTEM: "1",
    // Below the root, so that a test can see what was left there, and it goes with the root.
    TMPDIR: temporary,
    GIT_TERMINAL_PROMPT: "0",
    GIT_PAGER: "cat",
    PAGER: "cat",
    TZ: "UTC",
    LC_ALL: "C.UTF-8",
    // Tables are as wide as they like.
    COLUMNS: "400",
    DVC_NO_ANALYTICS: "1",
    DVC_STUDIO_OFFLINE: "1",
    // scripts/coverage.mjs asks every process what it ran.
    ...(process.env.SWEEPLINE_CHILD_COVERAGE === undefined
      ? {}
      : { NODE_V8_COVERAGE: process.env.SWEEPLINE_CHILD_COVERAGE }),
  };
}
