/** What every command needs to know about where it is: filled once by openProject(). */
export interface Project {
  /** The DVC root: the folder that holds .dvc (absolute, links resolved). */
  readonly root: string;
  /** The top of the Git work tree (absolute); equals root unless the project lives in a sub-directory. null without Git. */
  readonly gitRoot: string | null;
  readonly dvcDir: string;
  /** .dvc/tmp: state that may be deleted. */
  readonly tmpDir: string;
  /** The cache's root; objects lie below files/md5, the run-cache below runs. */
  readonly cacheDir: string;
  readonly config: ProjectConfig;
}

/** The settings `parsing.bool` and `parsing.list`: how a mapping in a command becomes arguments. */
export interface ArgumentStyle {
  readonly bool: "store_true" | "boolean_optional";
  readonly list: "nargs" | "append";
}

/** .dvc/config merged with system, global and local config; the later wins. Section and key in lower case. */
export interface ProjectConfig {
  /** The value of `section.option`, or of `remote.NAME.option`; undefined where none is set. */
  get(key: string): string | undefined;
  /** Names of remotes, in order. */
  readonly remotes: readonly string[];
  /** Link types in order of preference; DVC's default is reflink, copy. */
  readonly cacheTypes: readonly LinkType[];
  readonly autostage: boolean;
  /** core.hardlink_lock: the workspace's lock is a file that is there or not, for file systems without flock. */
  readonly hardlinkLock: boolean;
  /** core.interactive: ask before each stage runs in the workspace. */
  readonly interactive: boolean;
  readonly argumentStyle: ArgumentStyle;
}

export type LinkType = "reflink" | "hardlink" | "symlink" | "copy";
