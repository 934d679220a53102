import type { CodeTable } from "./table.ts";

/** Git: the program, the repository and its remotes. */
export const gitCodes = {
  GIT_DIED: ["A Git process ended early.", "Try again; `git fsck` checks the repository."],
  GIT_DIR_BROKEN: ["`.git` does not name a Git directory.", "Restore it; `git status` must work here."],
  GIT_FAILED: ["A Git command failed.", "The message has Git's reason."],
  GIT_NOT_FOUND: ["There is no git.", "Install Git 2.30 or newer and put it on the PATH."],
  GIT_NOT_STARTED: ["Git could not be started.", "`ulimit -a` shows the limits: fewer `--jobs` need less of them."],
  GIT_OBJECT_DISTANT: [
    "A partial clone lacks an object, and its remote did not give it.",
    "Try again where the remote can be reached; `git fetch --refetch --filter=` brings all.",
  ],
  GIT_REFUSED: [
    "Git refuses the repository, or is too old for it.",
    "`git status` must work here; the hint has the command.",
  ],
  GIT_REMOTE_DENIED: [
    "A Git remote does not accept who we are.",
    "Log in, or ask for access: trying again does not help.",
  ],
  GIT_REMOTE_FAILED: ["A Git remote could not be reached or read.", "Try again; `git ls-remote` shows Git's reason."],
  INVALID_REMOTE: ["A Git remote or URL is not valid, or not there.", "`git remote -v` lists the remotes."],
  NO_COMMITS: ["The Git repository has no commits.", "Commit the pipeline first."],
  NO_GIT: [
    "The command needs a Git repository, and there is none or `core.no_scm` is set.",
    "`git init`, or `sweepline config core.no_scm false`.",
  ],
  NO_GIT_REMOTE: ["There is no Git remote of this name.", "`--git-remote` names another one, or a URL."],
  NO_IDENTITY: ["Git does not know who you are.", "Set `git config user.name` and `git config user.email`."],
  OUTSIDE_REPOSITORY: ["A path is outside of the Git repository.", "Use paths inside of it."],
  PUSH_DENIED: ["A Git remote does not let us push.", "Ask for access; a CI job can use `--bundle FILE`."],
  PUSH_REFUSED: [
    "A Git remote refused refs.",
    "The message has its reason; try again if another pushed at the same time.",
  ],
  REFS_REFUSED: ["Git refused to change refs.", "Try again; the message has Git's reason."],
  REMOTE_CHANGED: ["A Git remote changed meanwhile.", "Try again."],
  STATE_TRACKED: [
    "Git tracks a file or link where sweepline keeps its own state, below `.dvc/tmp`.",
    "It came with the repository: look at it, and take it away with the command in the hint.",
  ],
  SUBMODULE_UNAVAILABLE: [
    "A submodule can't be checked out at its commit.",
    "`git -C PATH fetch` gets its commits; then run the experiment again.",
  ],
  UNKNOWN_REVISION: ["Git knows no such revision.", "Check the name; fetch it if it is elsewhere."],
  UNMERGED: ["A merge, rebase or the like is not finished.", "Finish or abort it."],
} as const satisfies CodeTable;
