/** Requests to whoever runs the queue: small files that are written, read, heard and taken away. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import {
  type QueueRequest,
  readRequests,
  removeRequest,
  writeRequest,
} from "../../../src/experiments/coordinator/requests.ts";
import { type StateLayout, stateLayout } from "../../../src/experiments/layout.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";

let state: StateLayout;
beforeEach(() => {
  state = stateLayout({ tmpDir: path.join(makeTemporaryFolder(), "tmp") });
});

const requests: readonly QueueRequest[] = [
  { kind: "jobs", jobs: 12 },
  { kind: "kill", sequence: 12_345_678_901, manner: "force" },
  { kind: "kill", sequence: 7, manner: "stop" },
  { kind: "stop", manner: "kill" },
];

test("are read as they were written, all of them, and gone when they are removed", () => {
  expect(readRequests(state)).toEqual([]);
  for (const request of requests) writeRequest(state, request);
  expect([...readRequests(state)].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))).toEqual(requests);
  for (const request of requests) removeRequest(state, request);
  expect(readRequests(state)).toEqual([]);
  expect(readdirSync(state.requests)).toEqual([]);
});

test("a later one replaces an earlier one of its kind; each entry has a kill of its own", () => {
  writeRequest(state, { kind: "stop", manner: "wait" });
  writeRequest(state, { kind: "stop", manner: "kill" });
  writeRequest(state, { kind: "kill", sequence: 1, manner: "stop" });
  writeRequest(state, { kind: "kill", sequence: 1, manner: "force" });
  writeRequest(state, { kind: "kill", sequence: 2, manner: "stop" });
  expect(readRequests(state)).toHaveLength(3);
  expect(readRequests(state)).toContainEqual({ kind: "stop", manner: "kill" });
  expect(readRequests(state)).toContainEqual({ kind: "kill", sequence: 1, manner: "force" });
});

test.each<[name: string, content: string, request: QueueRequest | undefined]>([
  ["stop", "", { kind: "stop", manner: "wait" }],
  ["stop", "anything\n", { kind: "stop", manner: "wait" }],
  ["jobs", "4\n", { kind: "jobs", jobs: 4 }],
  ["jobs", "0", undefined],
  ["jobs", "-1", undefined],
  ["jobs", "99999", undefined],
  ["jobs", "many", undefined],
  ["kill-0000000007", "", { kind: "kill", sequence: 7, manner: "stop" }],
  ["kill-7", "stop", undefined],
  ["kill-", "stop", undefined],
  ["nonsense", "stop", undefined],
])("a file %j that says %j", (name, content, request) => {
  mkdirSync(state.requests, { recursive: true });
  writeFileSync(path.join(state.requests, name), content);
  expect(readRequests(state)).toEqual(request === undefined ? [] : [request]);
});
