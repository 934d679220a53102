import { expect, test } from "vitest";
import { withoutCredentials } from "../../../src/base/text/secrets.ts";

test.each([
  ["push https://user:token@host/r.git HEAD", "push https://***@host/r.git HEAD"],
  ["https://token@host", "https://***@host"],
  ["ssh://git@host:22/r and http://a:b@c", "ssh://***@host:22/r and http://***@c"],
  ["https://a@b:c@host/x", "https://***@host/x"],
  ["git@host:r.git stays", "git@host:r.git stays"],
  ["https://host/a@b stays", "https://host/a@b stays"],
  ["no address", "no address"],
  ["--url=https://u:p@h x+https://u:p@h -ssh://u@h", "--url=https://***@h x+https://***@h -ssh://***@h"],
  ["https://h/r?access_token=abc&x=1", "https://h/r?access_token=***&x=1"],
  ["https://h/r?a=1&X-Amz-Signature=abc#f", "https://h/r?a=1&X-Amz-Signature=***#f"],
])("%s", (text, shown) => {
  expect(withoutCredentials(text)).toBe(shown);
});
