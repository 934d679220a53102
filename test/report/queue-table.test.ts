/** `queue status` as text: one row a task, what is known of it, and the workers. */
import { expect, test } from "vitest";
import type { QueueStatus, QueueTask } from "../../src/experiments/queue/status.ts";
import { type QueueColumns, queueText } from "../../src/report/queue-table.ts";

const now = new Date(2026, 0, 31, 13, 5);

const task = (facts: Partial<QueueTask>): QueueTask => ({
  state: "queued",
  name: "p-1",
  sequence: 1,
  commit: "0123456789abcdef",
  createdAt: new Date(2026, 0, 31, 0, 7).getTime() / 1000,
  sweep: null,
  overrides: [],
  log: null,
  coordinator: null,
  stages: [],
  message: null,
  failure: null,
  attempts: [],
  ...facts,
});

const text = (tasks: readonly QueueTask[], columns: QueueColumns = "plain", broken: readonly string[] = []): string => {
  const workers: QueueStatus["workers"] = { active: 1, idle: 2, coordinator: null };
  return queueText({ tasks, workers, broken }, now, columns);
};

/** The cells of each row, by columns that at least two blanks part. */
const rows = (tasks: readonly QueueTask[], columns: QueueColumns = "plain"): string[][] =>
  text(tasks, columns)
    .split("\n\n")[0]
    ?.split("\n")
    .map((line) => line.split(/ {2,}/)) ?? [];

test("an empty queue says so, with the workers", () => {
  expect(text([])).toBe("No experiment tasks in the queue.\n\nWorker status: 1 active, 2 idle\n");
});

test("a task is a row: its commit, name, time and state, as DVC has them", () => {
  const tasks = [
    task({ state: "running" }),
    task({ state: "failed", name: "p-2", createdAt: new Date(2026, 0, 31, 12, 30).getTime() / 1000 }),
    task({ state: "success", name: "p-3", createdAt: new Date(2025, 10, 2).getTime() / 1000 }),
    task({ name: null, createdAt: null }),
  ];
  expect(rows(tasks)).toEqual([
    ["Task", "Name", "Created", "Status"],
    ["0123456", "p-1", "12:07 AM", "Running"],
    ["0123456", "p-2", "12:30 PM", "Failed"],
    ["0123456", "p-3", "Nov 02, 2025", "Success"],
    ["0123456", "Queued"],
  ]);
});

test.each<[what: string, facts: Partial<QueueTask>, details: string | undefined]>([
  ["the first line of why it failed", { state: "failed", message: "exited with 3\nmore" }, "exited with 3"],
  ["the processes of what runs", { state: "running", coordinator: 7, stages: [8, 9] }, "process 7, stages 8 9"],
  ["a process without stages yet", { state: "running", coordinator: 7 }, "process 7"],
  ["a process that nobody knows", { state: "running" }, "process ?"],
  ["nothing of what waits for the first time", {}, undefined],
  [
    "an attempt before, and when it is tried again",
    { attempts: [{ cause: "code", message: "exited with 3", endedAt: 0, notBefore: now.getTime() + 1500 }] },
    "1 failed attempt, again in 2 s: exited with 3",
  ],
  [
    "several attempts, the next one due",
    {
      attempts: [
        { cause: "code", message: "first", endedAt: 0, notBefore: 0 },
        { cause: "outside", message: "killed", endedAt: 0, notBefore: 0 },
      ],
    },
    "2 failed attempts: killed",
  ],
])("details tell %s", (_what, facts, details) => {
  const [head, row] = rows([task(facts)], "details");
  expect([head?.[4], row?.[4]]).toEqual(["Details", details]);
});

test("entries that can't be read are named, without control characters", () => {
  expect(text([], "plain", ["refs/exps/\u001b[31m"])).toContain(
    "Unreadable entry: refs/exps/\\x1b[31m (queue remove --queued removes it)\n",
  );
});
