/** Buckets and drives: DVC's options of such remotes as options of rclone's backends. What is stored there is whole or absent. */
import { readInputIfExists } from "../../base/files.ts";
import { parseJson } from "../../base/json.ts";
import {
  addressParts,
  isTrue,
  type RcloneTarget,
  type RemoteDescription,
  type Settings,
  seconds,
  secretsOf,
  trustFlags,
} from "./types.ts";

function bucketPlace(url: string): { readonly path: string; readonly bucket: string } {
  const { host, path } = addressParts(url);
  return { bucket: host, path: host + path };
}

function s3Keys({ option }: RemoteDescription): Settings {
  if (isTrue(option("allow_anonymous_login"))) return { env_auth: "false" };
  const key = option("access_key_id");
  // Without a key, as AWS's own tools find them: the environment, ~/.aws, the machine's role.
  if (key === undefined)
    return { env_auth: "true", profile: option("profile"), shared_credentials_file: option("credentialpath") };
  return {
    env_auth: "false",
    access_key_id: key,
    secret_access_key: option("secret_access_key"),
    session_token: option("session_token"),
  };
}

/** s3:// */
export function s3Target(remote: RemoteDescription): RcloneTarget {
  const { url, option, env } = remote;
  const endpoint = option("endpointurl") ?? env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;
  const config = option("configpath");
  return {
    ...bucketPlace(url),
    writes: "direct",
    backend: {
      type: "s3",
      provider: endpoint === undefined ? "AWS" : "Other",
      ...s3Keys(remote),
      endpoint,
      region: option("region") ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION,
      acl: option("acl"),
      server_side_encryption: option("sse"),
      sse_kms_key_id: option("sse_kms_key_id"),
      sse_customer_algorithm: option("sse_customer_algorithm"),
      sse_customer_key: option("sse_customer_key"),
      list_version: isTrue(option("listobjects")) ? "1" : undefined,
      no_check_bucket: "true",
    },
    flags: {
      ...trustFlags(option("ssl_verify") ?? env.AWS_CA_BUNDLE),
      timeout: seconds(option("read_timeout")),
      contimeout: seconds(option("connect_timeout")),
    },
    env: {
      // AWS's library in rclone fails on it; rclone's own setting does the same.
      AWS_CA_BUNDLE: "",
      ...(config === undefined ? {} : { AWS_CONFIG_FILE: config, AWS_SDK_LOAD_CONFIG: "1" }),
    },
    secrets: secretsOf(option("secret_access_key"), option("session_token"), option("sse_customer_key")),
  };
}

/** oss://, which speaks S3's protocol too. */
export function ossTarget({ url, option, env }: RemoteDescription): RcloneTarget {
  const secret = option("oss_key_secret") ?? env.OSS_ACCESS_KEY_SECRET;
  return {
    ...bucketPlace(url),
    writes: "direct",
    backend: {
      type: "s3",
      provider: "Alibaba",
      env_auth: "false",
      access_key_id: option("oss_key_id") ?? env.OSS_ACCESS_KEY_ID,
      secret_access_key: secret,
      endpoint: option("oss_endpoint") ?? env.OSS_ENDPOINT,
      no_check_bucket: "true",
    },
    secrets: secretsOf(secret),
  };
}

/** gs:// */
export function gsTarget({ url, option, env }: RemoteDescription): RcloneTarget {
  const isAnonymous = isTrue(option("allow_anonymous_login"));
  const account = option("credentialpath") ?? env.GOOGLE_APPLICATION_CREDENTIALS;
  return {
    ...bucketPlace(url),
    writes: "direct",
    backend: {
      type: "google cloud storage",
      anonymous: isAnonymous ? "true" : undefined,
      service_account_file: isAnonymous ? undefined : account,
      // Where there is no file, what the machine is: known to newer versions of rclone only.
      env_auth: isAnonymous || account !== undefined ? undefined : "true",
      project_number: option("projectname"),
      endpoint: option("endpointurl"),
      bucket_policy_only: "true",
      no_check_bucket: "true",
    },
    secrets: [],
  };
}

/** The parts of `AccountName=...;AccountKey=...`; values may hold `=`. */
function connectionParts(text: string | undefined): ReadonlyMap<string, string> {
  const parts = (text ?? "").split(";").map((part) => /^\s*([^=]+)=(.*)$/s.exec(part));
  return new Map(parts.flatMap((part) => (part === null ? [] : [[part[1] ?? "", (part[2] ?? "").trim()] as const])));
}

/** azure:// */
export function azureTarget({ url, option, env }: RemoteDescription): RcloneTarget {
  const connection = option("connection_string") ?? env.AZURE_STORAGE_CONNECTION_STRING;
  const parts = connectionParts(connection);
  const account = option("account_name") ?? parts.get("AccountName") ?? env.AZURE_STORAGE_ACCOUNT;
  const isAnonymous = isTrue(option("allow_anonymous_login"));
  const key = option("account_key") ?? parts.get("AccountKey") ?? env.AZURE_STORAGE_KEY;
  const pass = option("sas_token") ?? parts.get("SharedAccessSignature") ?? env.AZURE_STORAGE_SAS_TOKEN;
  const endpoint = parts.get("BlobEndpoint");
  const server = endpoint ?? `https://${account}.blob.${parts.get("EndpointSuffix") ?? "core.windows.net"}`;
  const { bucket, path } = bucketPlace(url);
  const isPass = pass !== undefined && key === undefined && !isAnonymous;
  const isMachine = !isPass && key === undefined && !isAnonymous;
  return {
    bucket,
    path,
    writes: "direct",
    backend: {
      type: "azureblob",
      account: isPass ? undefined : account,
      key: isAnonymous ? undefined : key,
      endpoint: isPass ? undefined : endpoint,
      sas_url: isPass ? `${server.replace(/\/+$/, "")}/${bucket}?${pass.replace(/^\?/, "")}` : undefined,
      // Known to rclone from version 1.61 on.
      env_auth: isMachine && option("client_id") === undefined ? "true" : undefined,
      tenant: isMachine ? option("tenant_id") : undefined,
      client_id: isMachine ? option("client_id") : undefined,
      client_secret: isMachine ? option("client_secret") : undefined,
      no_check_container: "true",
    },
    flags: { timeout: seconds(option("read_timeout")), contimeout: seconds(option("connection_timeout")) },
    secrets: secretsOf(connection, key, pass, option("client_secret")),
  };
}

interface DriveLogin {
  readonly access_token?: unknown;
  readonly refresh_token?: unknown;
  readonly token_expiry?: unknown;
  readonly client_id?: unknown;
  readonly client_secret?: unknown;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** What DVC's login has left in its file, or in a CI system's variable. */
function driveLogin({ option, env }: RemoteDescription): DriveLogin | undefined {
  const file = option("gdrive_user_credentials_file");
  const text = env.GDRIVE_CREDENTIALS_DATA ?? (file === undefined ? undefined : readInputIfExists(file)?.toString());
  const login = text === undefined ? undefined : parseJson(text);
  return typeof login === "object" && login !== null ? login : undefined;
}

/** gdrive:// */
export function gdriveTarget(remote: RemoteDescription): RcloneTarget {
  const { url, option } = remote;
  const { host, path } = addressParts(url);
  const isAccount = isTrue(option("gdrive_use_service_account"));
  const login = isAccount ? undefined : driveLogin(remote);
  const token = login && {
    access_token: login.access_token,
    token_type: "Bearer",
    refresh_token: login.refresh_token,
    expiry: login.token_expiry,
  };
  const secret = option("gdrive_client_secret") ?? textOf(login?.client_secret);
  return {
    path: path.replace(/^\/+/, ""),
    writes: "direct",
    backend: {
      type: "drive",
      scope: host === "appDataFolder" ? "drive.appfolder" : "drive",
      root_folder_id: host === "root" ? undefined : host,
      client_id: option("gdrive_client_id") ?? textOf(login?.client_id),
      client_secret: secret,
      token: token === undefined ? undefined : JSON.stringify(token),
      service_account_file: isAccount ? option("gdrive_service_account_json_file_path") : undefined,
      impersonate: isAccount ? option("gdrive_service_account_user_email") : undefined,
      use_trash: option("gdrive_trash_only") === undefined ? undefined : String(isTrue(option("gdrive_trash_only"))),
      acknowledge_abuse: isTrue(option("gdrive_acknowledge_abuse")) ? "true" : undefined,
    },
    secrets: secretsOf(secret, textOf(login?.access_token), textOf(login?.refresh_token)),
  };
}
