import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { withTimeLimit } from "../../../src/cli/terminal/time-limit.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("ends what takes too long; its time stands still while it is paused", () => {
  const limit = withTimeLimit(new AbortController().signal, 1000);
  vi.advanceTimersByTime(600);
  limit.deadline.pause();
  vi.advanceTimersByTime(5000);
  expect([limit.signal.aborted, limit.isOver()]).toEqual([false, false]);
  limit.deadline.resume();
  vi.advanceTimersByTime(500);
  expect([limit.signal.aborted, limit.isOver()]).toEqual([true, true]);
  limit.release();
});

test("another signal ends it too, and then its time is not over", () => {
  const other = new AbortController();
  const limit = withTimeLimit(other.signal, 1000);
  other.abort();
  vi.advanceTimersByTime(5000);
  expect([limit.signal.aborted, limit.isOver()]).toEqual([true, false]);
  expect(withTimeLimit(AbortSignal.abort(), undefined).signal.aborted).toBe(true);
});

test("without a limit nothing ends it, and after its release nobody does", () => {
  const other = new AbortController();
  const limit = withTimeLimit(other.signal, undefined);
  limit.deadline.pause();
  limit.deadline.resume();
  vi.advanceTimersByTime(1e9);
  limit.release();
  other.abort();
  expect([limit.signal.aborted, limit.isOver()]).toEqual([false, false]);
});
