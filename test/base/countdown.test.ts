import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Countdown } from "../../src/base/countdown.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("time that it stood still does not count", () => {
  const over = vi.fn();
  const countdown = new Countdown(1000, over);
  vi.advanceTimersByTime(600);
  countdown.pause();
  countdown.pause();
  vi.advanceTimersByTime(10_000);
  countdown.resume();
  countdown.resume();
  vi.advanceTimersByTime(399);
  expect(over).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(over).toHaveBeenCalledOnce();
});

test("a cancelled one never ends", () => {
  const over = vi.fn();
  new Countdown(1000, over).cancel();
  vi.advanceTimersByTime(5000);
  expect(over).not.toHaveBeenCalled();
});
