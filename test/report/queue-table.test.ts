/** `queue status` as text: one row a task, what is known of it, and the workers. */
import { describe, expect, test } from "vitest";
import type { QueueStatus, QueueTask } from "../../src/experiments/queue/status.ts";
import { type QueueColumns, queueScreen, queueText } from "../../src/report/queue-table.ts";

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

function status(counts: Partial<Record<QueueTask["state"], number>>): QueueStatus {
  const tasks = (["running", "queued", "failed", "success"] as const).flatMap((state) =>
    Array.from({ length: counts[state] ?? 0 }, (_, at) => task({ state, name: `${state}-${at}` })),
  );
  return { tasks, workers: { active: counts.running ?? 0, idle: 0, coordinator: null }, broken: [] };
}

function screen(counts: Parameters<typeof status>[0], rows: number, columns = 80): string[] {
  const text = queueScreen(status(counts), now, { columns: "plain", size: { rows, columns } });
  expect(text.endsWith("\n")).toBe(true);
  return text.slice(0, -1).split("\n");
}

describe("the queue on a terminal", () => {
  test("is the whole of it where there is room", () => {
    const small = { running: 1, queued: 2 };
    expect(`${screen(small, 6).join("\n")}\n`).toBe(queueText(status(small), now, "plain"));
  });

  test("keeps within the rows: first what runs, then what is next, and the number of the others", () => {
    const lines = screen({ running: 2, queued: 10, failed: 1, success: 30 }, 11);
    expect(lines).toHaveLength(11);
    expect(lines.slice(1, 8).map((line) => /(running|queued)-\d/.exec(line)?.[0])).toEqual([
      "running-0",
      "running-1",
      ...[0, 1, 2, 3, 4].map((at) => `queued-${at}`),
    ]);
    expect(lines.slice(8)).toEqual(["... and 5 queued, 1 failed, 30 success", "", "Worker status: 2 active, 0 idle"]);
  });

  test.each([1, 2, 3, 4, 5, 6])("never takes more than %d rows", (rows) => {
    expect(screen({ running: 3, queued: 10 }, rows).length).toBeLessThanOrEqual(rows);
  });

  test("cuts lines that are longer than the terminal", () => {
    expect(Math.max(...screen({ running: 3 }, 20, 24).map((line) => line.length))).toBe(24);
  });
});
