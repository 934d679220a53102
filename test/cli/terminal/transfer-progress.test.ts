/** The count of a transfer: on a terminal only, after a second, ten times a second at most, and gone at its end. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Io } from "../../../src/cli/terminal/io.ts";
import { transferEvents } from "../../../src/cli/terminal/transfer-progress.ts";

const start = new Date("2026-01-01T00:00:00Z").getTime();
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: start }));
afterEach(() => void vi.useRealTimers());

function eventsOn(isTTY: boolean) {
  const written: string[] = [];
  const stderr = { isTTY, write: (text: string) => written.push(text) };
  return { events: transferEvents({ stderr, env: { TERM: "xterm" }, cwd: "/" } as unknown as Io), written };
}

test("on a terminal", () => {
  const { events, written } = eventsOn(true);
  events.progress({ done: 1, total: 9 });
  events.started("Uploading");
  events.progress({ done: 1, total: 9 });
  vi.setSystemTime(start + 1000);
  events.progress({ done: 2, total: 9 });
  vi.setSystemTime(start + 1050);
  events.progress({ done: 3, total: 9 });
  events.progress({ done: 9, total: 9 });
  events.ended();
  expect(written).toEqual(["\r\u001b[KUploading: 2/9 files", "\r\u001b[KUploading: 9/9 files", "\r\u001b[K"]);
});

test("bytes are told where they are known", () => {
  const { events, written } = eventsOn(true);
  events.started("Uploading");
  vi.setSystemTime(start + 1000);
  const bytes = { bytes: 1_572_864, totalBytes: 20 * 1024 ** 2, bytesPerSecond: 3 * 1024 ** 2, secondsLeft: 6 };
  events.progress({ done: 2, total: 9, bytes });
  expect(written).toEqual(["\r\u001b[KUploading: 2/9 files, 1.5 MiB of 20 MiB, 3 MiB/s, 6.0s left"]);
});

test("without one nothing but warnings is written", () => {
  const { events, written } = eventsOn(false);
  events.started("Downloading");
  vi.setSystemTime(start + 5000);
  events.progress({ done: 2, total: 9 });
  events.ended();
  events.warn("odd");
  expect(written).toEqual(["WARNING: odd\n"]);
});
