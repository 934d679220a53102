import type { CodeTable } from "./table.ts";

/** Data, the cache and its remotes. */
export const dataCodes = {
  BROKEN_LINK: ["A symbolic link in data leads nowhere.", "Remove it."],
  CACHE_MISSING: ["The cache lacks objects.", "`sweepline repro` makes them, `sweepline pull` fetches them."],
  CACHE_OBJECT_BROKEN: [
    "An object in the cache is not what its name says.",
    "Run the stage that makes it again, or pull it.",
  ],
  DVC_FILE_UNUSUAL: ["A .dvc file is written in a way that can't be updated.", "Remove it and add the data again."],
  GIT_IGNORED: [
    "Git ignores a dvc.lock, dvc.yaml or .dvc file: results would lose their data.",
    "Correct .gitignore: `git check-ignore -v FILE` names the line.",
  ],
  HASH_INVALID: ["A hash in a lock file or .dvc file can't be that of an object.", "Restore the file from Git."],
  IGNORED: [".dvcignore ignores the path.", "Correct .dvcignore, or choose another path."],
  IGNORE_FILE_IN_DATA: ["There is a .dvcignore inside of data.", "Move it above the data."],
  LINKED_FOLDER: ["The path leads through a symbolic link to a folder.", "Add it by its real path."],
  NOT_AN_IMPORT: ["`update` is for data that was imported.", "`sweepline commit` records data that was changed here."],
  NO_LINK_TYPE: [
    "None of the types of links of `cache.type` works here.",
    "Add copy: `sweepline config cache.type reflink,copy`.",
  ],
  RCLONE_MISSING: [
    "Remotes that are no folders need rclone.",
    "Install it: `apt install rclone`, `brew install rclone`, or as https://rclone.org/install says.",
  ],
  REMOTE_DENIED: [
    "A storage remote does not let us in, or shows another key than it had.",
    "Check the remote's keys and passwords: docs/remotes.md.",
  ],
  REMOTE_FAILED: [
    "A storage remote can't be reached, or fails.",
    "The message has its words. The same command goes on with what is missing.",
  ],
  REMOTE_FILE_MISSING: ["A remote lacks a file.", "Push it from where it is."],
  REMOTE_OBJECT_BROKEN: ["An object of a remote is not what its name says.", "Remove it there, and push it again."],
  REMOTE_UNKNOWN: ["There is no remote of this name, or no default remote.", "`sweepline remote list` lists them."],
  REMOTE_UNSUPPORTED: [
    "A remote of this kind, or an option of a remote, is not supported.",
    "The message has what to do instead; docs/remotes.md lists what there is.",
  ],
  TRANSFER_FAILED: ["Files could not be transferred.", "The same command goes on with what is missing."],
  UNSAVED_FILES: ["Files that are not in the cache would be lost.", "Save them, or use `--force`."],
  URL_FAILED: [
    "A server does not give the file.",
    "The message has its answer. Try again, or download it by hand and `add` it.",
  ],
  URL_UNSUPPORTED: ["`import-url` does not know addresses of this kind.", "Paths, http(s) and s3 addresses work."],
} as const satisfies CodeTable;
