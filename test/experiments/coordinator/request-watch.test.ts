/** A process hears what is asked of it, takes away what was for it, and leaves the rest to others. */
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RequestWatch } from "../../../src/experiments/coordinator/request-watch.ts";
import { type QueueRequest, readRequests, writeRequest } from "../../../src/experiments/coordinator/requests.ts";
import { type StateLayout, stateLayout } from "../../../src/experiments/layout.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";

const ours: QueueRequest = { kind: "kill", sequence: 1, manner: "stop" };
const others: QueueRequest = { kind: "kill", sequence: 2, manner: "stop" };
let state: StateLayout;
let heard: QueueRequest[];
let watch: RequestWatch;

beforeEach(() => {
  vi.useFakeTimers();
  state = stateLayout({ tmpDir: path.join(makeTemporaryFolder(), "tmp") });
  heard = [];
  watch = new RequestWatch(state, (request) => {
    heard.push(request);
    return request.kind === "kill" && request.sequence === 1;
  });
});
afterEach(() => {
  watch.close();
  vi.useRealTimers();
});

test("what is for us is heard once, within a second; what is for another process stays", () => {
  writeRequest(state, ours);
  writeRequest(state, others);
  vi.advanceTimersByTime(1000);
  expect(heard.filter((request) => request.kind === "kill" && request.sequence === 1)).toEqual([ours]);
  expect(readRequests(state)).toEqual([others]);
});

test("requests that can't be read for a moment are looked at again", () => {
  writeRequest(state, ours);
  rmSync(state.requests, { recursive: true });
  // A file in the folder's place: ENOTDIR.
  writeFileSync(state.requests, "");
  vi.advanceTimersByTime(1000);
  expect(heard).toEqual([]);
  rmSync(state.requests);
  writeRequest(state, ours);
  vi.advanceTimersByTime(1000);
  expect(heard).toEqual([ours]);
});

test("nothing is heard after the end", () => {
  watch.close();
  writeRequest(state, ours);
  vi.advanceTimersByTime(1000);
  expect([heard, readRequests(state)]).toEqual([[], [ours]]);
});
