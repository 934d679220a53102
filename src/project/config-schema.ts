/** Which options DVC 3 accepts in its config files (dvc/config_schema.py of 3.67), and what their values may be. */
export type OptionKind = "text" | "bool" | "count" | "number" | "links" | readonly string[];
export type OptionTable = Readonly<Record<string, OptionKind>>;

const remoteCommon: OptionTable = {
  url: "text",
  checksum_jobs: "count",
  jobs: "count",
  worktree: "bool",
  no_traverse: "bool",
  version_aware: "bool",
};

const localCommon: OptionTable = {
  type: "links",
  protected: "bool",
  shared: ["group"],
  slow_link_warning: "bool",
  verify: "bool",
};

export const sections: Readonly<Record<string, OptionTable>> = {
  core: {
    remote: "text",
    checksum_jobs: "count",
    interactive: "bool",
    analytics: "bool",
    hardlink_lock: "bool",
    no_scm: "bool",
    autostage: "bool",
    experiments: "bool",
    check_update: "bool",
    site_cache_dir: "text",
    machine: "text",
  },
  cache: {
    local: "text",
    s3: "text",
    gs: "text",
    hdfs: "text",
    webhdfs: "text",
    ssh: "text",
    azure: "text",
    dir: "text",
    ...localCommon,
  },
  state: { dir: "text", row_limit: "count", row_cleanup_quota: "number" },
  index: { dir: "text" },
  plots: { html_template: "text", auto_open: "bool", out_dir: "text" },
  exp: {
    code: "text",
    data: "text",
    models: "text",
    metrics: "text",
    params: "text",
    plots: "text",
    live: "text",
    auto_push: "bool",
    git_remote: "text",
  },
  parsing: { bool: ["store_true", "boolean_optional"], list: ["nargs", "append"] },
  hydra: { enabled: "bool", config_dir: "text", config_module: "text", config_name: "text", plugins_path: "text" },
  studio: { token: "text", url: "text", repo_url: "text", offline: "bool" },
};

/** Sections whose options we keep and do not judge. */
export const openSections: readonly string[] = ["machine", "feature", "db"];

/** Options of a remote that lives in a folder. Other remotes carry options of their services: those we keep, unjudged. */
export const folderRemoteOptions: OptionTable = { ...localCommon, ...remoteCommon };
