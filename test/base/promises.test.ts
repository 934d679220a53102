import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { Sequence, toldLater } from "../../src/base/promises.ts";

test("a failure that nobody awaits yet ends nothing, and is told to who awaits it", async () => {
  const failing = toldLater(Promise.reject(new Error("later")));
  await new Promise(setImmediate);
  await expect(failing).rejects.toThrow("later");
});

test("work of a sequence is done one after the other, also after a failure", async () => {
  const sequence = new Sequence();
  const told: string[] = [];
  const work = (name: string, ms: number) => async () => {
    told.push(`${name} begins`);
    await setTimeout(ms);
    told.push(`${name} ends`);
    if (name === "second") throw new Error(name);
    return name;
  };
  const first = sequence.add(work("first", 20));
  const second = expect(sequence.add(work("second", 1))).rejects.toThrow("second");
  const third = sequence.add(work("third", 1));
  await sequence.settled();
  expect(told).toEqual(["first", "second", "third"].flatMap((name) => [`${name} begins`, `${name} ends`]));
  expect([await first, await third]).toEqual(["first", "third"]);
  await second;
});
