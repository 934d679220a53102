import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Deadline, type LimitMoment } from "../../../src/run/limits/deadline.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function opened(moment: LimitMoment) {
  const end = vi.fn();
  return { end, deadline: new Deadline(1000, moment, end) };
}

test("ends at once, whatever its stages make", () => {
  const { end, deadline } = opened("once");
  deadline.stageBegins("some");
  deadline.checkpointed();
  expect(end).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  expect(end).toHaveBeenCalledOnce();
});

test("goes on to the next checkpoint of a stage that makes some", () => {
  const { end, deadline } = opened("checkpoint");
  deadline.stageBegins("none");
  deadline.stageBegins("some");
  deadline.checkpointed();
  vi.advanceTimersByTime(1000);
  expect(end).not.toHaveBeenCalled();
  deadline.checkpointed();
  expect(end).toHaveBeenCalledOnce();
});

test("waits for no checkpoint in a stage that makes none: one that runs, or that begins when the time is over", () => {
  const running = opened("checkpoint");
  running.deadline.stageBegins("some");
  running.deadline.stageBegins("none");
  vi.advanceTimersByTime(1000);
  expect(running.end).toHaveBeenCalledOnce();
  const beginning = opened("checkpoint");
  vi.advanceTimersByTime(1000);
  expect(beginning.end).not.toHaveBeenCalled();
  beginning.deadline.stageBegins("none");
  expect(beginning.end).toHaveBeenCalledOnce();
});
