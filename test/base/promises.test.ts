import { expect, test } from "vitest";
import { toldLater } from "../../src/base/told-later.ts";

test("a failure that nobody awaits yet ends nothing, and is told to who awaits it", async () => {
  const failing = toldLater(Promise.reject(new Error("later")));
  await new Promise(setImmediate);
  await expect(failing).rejects.toThrow("later");
});
