import { expect, test } from "vitest";
import { isRemoteDenied, type PushRefusal, pushRefusal } from "../../src/git/prose.ts";

test.each<[PushRefusal, string]>([
  ["denied", "[remote rejected] (pre-receive hook declined): no pushes on Sundays"],
  ["denied", "[remote rejected] (protected branch hook declined)"],
  ["denied", "[remote rejected] (permission denied): cannot lock ref 'refs/exps/a'"],
  ["raced", "[remote rejected] (cannot lock ref 'refs/exps/a': reference already exists)"],
  ["raced", "[remote rejected] (failed to update ref)"],
  ["other", "[remote rejected] (cannot lock ref 'refs/exps/a/b': 'refs/exps/a' exists; cannot create 'refs/exps/a/b')"],
  ["other", "[remote rejected] (pre-receive hook declined): rate limit, try again later"],
  ["other", "[remote failure] (remote failed to report status)"],
])("a push is refused, %s: %s", (why, reason) => {
  expect(pushRefusal(reason)).toBe(why);
});

test.each([
  [true, "git@host: Permission denied (publickey).\nfatal: Could not read from remote repository."],
  [true, "remote: Permission to a/b.git denied to c.\nfatal: unable to access: The requested URL returned error: 403"],
  [false, "fatal: unable to access: The requested URL returned error: 403\nremote: API rate limit exceeded"],
  [false, "ssh: connect to host port 22: Connection refused"],
])("a remote that does not let us in: %s", (isDenied, stderr) => {
  expect(isRemoteDenied(stderr)).toBe(isDenied);
});
