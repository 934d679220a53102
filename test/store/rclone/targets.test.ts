/** DVC's options of remotes as what rclone is told; and what is refused before anything is started. */
import { describe, expect, it, test } from "vitest";
import { isIgnored, rcloneTarget } from "../../../src/store/rclone/targets.ts";
import { addressParts } from "../../../src/store/rclone/types.ts";

type Values = Readonly<Record<string, string>>;

function target(url: string, options: Values = {}, env: Values = {}) {
  const scheme = url.slice(0, url.indexOf(":"));
  return rcloneTarget({ name: "store", url, env, option: (key) => options[key] }, scheme, [
    "/work/tree",
    process.cwd(),
  ]);
}

describe("what rclone is told", () => {
  const cases: readonly (readonly [url: string, options: Values, env: Values, path: string, backend: Values])[] = [
    ["s3://bucket", {}, {}, "bucket", { type: "s3", provider: "AWS", env_auth: "true" }],
    [
      "s3://bucket/a/b/",
      { endpointurl: "http://h:9000", access_key_id: "k", secret_access_key: "s", region: "eu" },
      {},
      "bucket/a/b",
      { provider: "Other", env_auth: "false", access_key_id: "k", secret_access_key: "s", region: "eu" },
    ],
    [
      "s3://b",
      { profile: "p", credentialpath: "/home/me/.aws/c" },
      {},
      "b",
      { profile: "p", shared_credentials_file: "/home/me/.aws/c" },
    ],
    ["s3://b", { allow_anonymous_login: "true" }, {}, "b", { env_auth: "false" }],
    [
      "gs://b/c",
      { credentialpath: "/k.json" },
      {},
      "b/c",
      { type: "google cloud storage", service_account_file: "/k.json" },
    ],
    ["gs://b", {}, { GOOGLE_APPLICATION_CREDENTIALS: "/e.json" }, "b", { service_account_file: "/e.json" }],
    [
      "azure://box/a",
      {
        connection_string:
          "DefaultEndpointsProtocol=https;AccountName=me;AccountKey=a2V5==;EndpointSuffix=core.windows.net",
      },
      {},
      "box/a",
      { type: "azureblob", account: "me", key: "a2V5==" },
    ],
    [
      "azure://box",
      { account_name: "me", sas_token: "?sv=1&sig=x" },
      {},
      "box",
      { sas_url: "https://me.blob.core.windows.net/box?sv=1&sig=x" },
    ],
    [
      "oss://b/c",
      { oss_endpoint: "e" },
      { OSS_ACCESS_KEY_ID: "i" },
      "b/c",
      { provider: "Alibaba", endpoint: "e", access_key_id: "i" },
    ],
    ["ssh://me@host:2222/srv/data", {}, {}, "/srv/data", { type: "sftp", host: "host", user: "me", port: "2222" }],
    [
      "ssh://me@host/srv",
      { user: "you", port: "22", keyfile: "/k" },
      {},
      "/srv",
      { user: "you", port: "22", key_file: "/k" },
    ],
    ["webdavs://me@host/dav/a", {}, {}, "dav/a", { type: "webdav", url: "https://host/", user: "me" }],
    ["webdav://host/a", { token: "t" }, {}, "a", { url: "http://host/", bearer_token: "t" }],
    [
      "https://host/a/b",
      { user: "u", password: "p", auth: "basic" },
      {},
      "a/b/",
      { type: "http", url: "https://host/", headers: '"Authorization","Basic dTpw"' },
    ],
    [
      "http://host",
      { auth: "custom", custom_auth_header: "X-Key", password: 'a"b' },
      {},
      "",
      { headers: '"X-Key","a""b"' },
    ],
    ["hdfs://me@node/a", {}, {}, "/a", { type: "hdfs", namenode: "node:8020", username: "me" }],
    ["gdrive://root/a", {}, {}, "a", { type: "drive", scope: "drive" }],
    [
      "gdrive://id123/a",
      { gdrive_use_service_account: "true", gdrive_service_account_json_file_path: "/s.json" },
      {},
      "a",
      { root_folder_id: "id123", service_account_file: "/s.json" },
    ],
  ];
  test.each(cases)("%s %j", (url, options, env, path, backend) => {
    const made = target(url, options, env);
    expect(made.path).toBe(path);
    expect(made.backend).toMatchObject(backend);
  });

  it("is a Google login that DVC's left", () => {
    const login = { access_token: "a1", refresh_token: "r1", token_expiry: "2026-01-01T00:00:00Z", client_id: "c" };
    const made = target("gdrive://root", {}, { GDRIVE_CREDENTIALS_DATA: JSON.stringify(login) });
    expect(made.backend.client_id).toBe("c");
    expect(JSON.parse(made.backend.token ?? "")).toMatchObject({ access_token: "a1", refresh_token: "r1" });
  });

  it("is a remote of the user's own", () => {
    expect(target("rclone://my drive/a/b")).toMatchObject({ configured: "my drive", path: "a/b", writes: "ask" });
  });
});

describe("what is refused", () => {
  test.each<readonly [url: string, options: Values]>([
    ["webhdfs://host/a", {}],
    ["s3://b", { version_aware: "true" }],
    ["s3://b", { worktree: "true" }],
    ["ssh://h/a", { ask_password: "true" }],
    ["webdav://h/a", { bearer_token_command: "touch /tmp/x" }],
    ["s3://b", { configpath: "/work/tree/aws" }],
    ["s3://b", { credentialpath: "/work/tree/.dvc/aws" }],
    ["s3://b", { configpath: "/work/tree/..aws" }],
    ["s3://b", { configpath: "/proc/self/cwd/aws" }],
    ["s3://b", { configpath: "aws" }],
    ["https://h/a", { auth: "digest" }],
    ["rclone://:sftp,ssh=evil/a", {}],
    ["rclone://name,opt=1/a", {}],
    ["rclone://-x/a", {}],
  ])("%s %j", (url, options) => {
    expect(() => target(url, options)).toThrow(expect.objectContaining({ code: "REMOTE_UNSUPPORTED" }));
  });
});

test("an address is taken apart as it is written", () => {
  expect(addressParts("ssh://a%40b:p%2Fw@host:22/x%20y//")).toEqual({
    user: "a@b",
    password: "p/w",
    host: "host",
    port: "22",
    path: "/x%20y",
  });
});

test("options without effect", () => {
  expect(isIgnored("s3", "grant_read")).toBe(true);
  expect(isIgnored("s3", "region")).toBe(false);
});
