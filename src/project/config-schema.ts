/** Which options DVC 3 accepts in its config files (dvc/config_schema.py of 3.67), and what their values may be. */
export type OptionKind = "text" | "bool" | "count" | "number" | "seconds" | "links" | readonly string[];
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

/** Options of a remote that lives in a folder. */
export const folderRemoteOptions: OptionTable = { ...localCommon, ...remoteCommon };

/** One kind for many options, written as a list of words. */
function each(kind: OptionKind, words: string): OptionTable {
  return Object.fromEntries(words.split(" ").map((word) => [word, kind]));
}

const http: OptionTable = {
  ...remoteCommon,
  ...each("text", "custom_auth_header user password ssl_verify method"),
  ...each("bool", "ask_password verify"),
  ...each("seconds", "connect_timeout read_timeout"),
  auth: ["basic", "digest", "custom"],
};

const webdav: OptionTable = {
  ...remoteCommon,
  ...each("text", "user password token bearer_token_command custom_auth_header cert_path key_path ssl_verify"),
  ...each("bool", "ask_password verify"),
  timeout: "number",
};

/** Options of other remotes, by the scheme of their URL; "open": all that the others have. */
export const serviceRemoteOptions: Readonly<Record<string, OptionTable | "open">> = {
  s3: {
    ...remoteCommon,
    ...each(
      "text",
      "region profile credentialpath configpath endpointurl access_key_id secret_access_key session_token",
    ),
    ...each("text", "ssl_verify sse sse_kms_key_id sse_customer_algorithm sse_customer_key acl"),
    ...each("text", "grant_read grant_read_acp grant_write_acp grant_full_control"),
    ...each("bool", "listobjects use_ssl allow_anonymous_login cache_regions verify"),
    ...each("number", "read_timeout connect_timeout"),
  },
  gs: {
    ...remoteCommon,
    ...each("text", "projectname credentialpath endpointurl"),
    ...each("bool", "verify allow_anonymous_login"),
  },
  ssh: {
    ...remoteCommon,
    ...each("text", "user password passphrase keyfile"),
    ...each("bool", "ask_password ask_passphrase gss_auth allow_agent verify"),
    ...each("number", "port timeout max_sessions"),
    type: "links",
  },
  hdfs: { ...remoteCommon, ...each("text", "user kerb_ticket"), replication: "number" },
  webhdfs: {
    ...remoteCommon,
    ...each("text", "kerberos_principal proxy_to ssl_verify token user password data_proxy_target"),
    ...each("bool", "kerberos use_https verify"),
  },
  azure: {
    ...remoteCommon,
    ...each("text", "connection_string sas_token account_name account_key tenant_id client_id client_secret"),
    ...each("bool", "allow_anonymous_login exclude_environment_credential exclude_visual_studio_code_credential"),
    ...each("bool", "exclude_shared_token_cache_credential exclude_managed_identity_credential verify"),
    ...each("number", "timeout read_timeout connection_timeout"),
  },
  oss: { ...remoteCommon, ...each("text", "oss_key_id oss_key_secret oss_endpoint"), verify: "bool" },
  gdrive: {
    ...remoteCommon,
    ...each("text", "profile gdrive_client_id gdrive_client_secret gdrive_user_credentials_file"),
    ...each("text", "gdrive_service_account_user_email gdrive_service_account_json_file_path"),
    ...each("bool", "gdrive_use_service_account gdrive_trash_only gdrive_acknowledge_abuse verify"),
  },
  http,
  https: http,
  webdav,
  webdavs: webdav,
  file: folderRemoteOptions,
  // Ours: a remote of the user's own rclone configuration. DVC refuses a project's configuration that names one.
  rclone: remoteCommon,
  remote: "open",
};
