/** No more requests at a time than allowed, whenever the next event comes. */
import { expect, test } from "vitest";
import { StudioSender } from "../../../src/experiments/live/studio-sender.ts";

const settings = { url: new URL("http://127.0.0.1:9/"), token: "t" };

/** The most events at work at once where one comes so many turns after another has ended. */
async function mostAtOnce(turns: number): Promise<number> {
  const asked = { environment: {}, warn: () => {} };
  const sender = new StudioSender(settings as never, asked, {
    atOnce: 1,
    ahead: 1,
    most: 100,
    requestMs: 1000,
    pausesMs: [],
  });
  let active = 0;
  let most = 0;
  const body = async () => {
    active++;
    most = Math.max(most, active);
    await new Promise((resolve) => setImmediate(resolve));
    active--;
    return undefined;
  };
  const late = async () => {
    for (let turn = 0; turn < turns; turn++) await undefined;
    sender.send("late", body);
  };
  sender.send("first", async () => {
    await body();
    void late();
    return undefined;
  });
  sender.send("second", body);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await sender.close();
  return most;
}

test.each(Array.from({ length: 16 }, (_, turns) => turns))("%i turns after one has ended", async (turns) => {
  expect(await mostAtOnce(turns)).toBe(1);
});
