/** The text of `queue status`: DVC's columns, and a line about the workers. */

import { visible } from "../base/text/visible.ts";
import type { QueueStatus, QueueTask } from "../experiments/queue/status.ts";
import { shortTime } from "./dates.ts";
import { toPlainText } from "./plain.ts";
import type { Column } from "./table.ts";
import { cutToWidth } from "./width.ts";

const stateWords: Readonly<Record<QueueTask["state"], string>> = {
  running: "Running",
  queued: "Queued",
  failed: "Failed",
  success: "Success",
};

/** "details" adds a column: why it failed, how often it was tried, which processes run. */
export type QueueColumns = "plain" | "details";

function details(task: QueueTask, now: Date): string {
  if (task.message !== null) return task.message.split("\n")[0] ?? "";
  const last = task.attempts.at(-1);
  if (task.state === "running")
    return `process ${task.coordinator ?? "?"}${task.stages.length === 0 ? "" : `, stages ${task.stages.join(" ")}`}`;
  if (task.state !== "queued" || last === undefined) return "";
  const seconds = Math.ceil((last.notBefore - now.getTime()) / 1000);
  const attempts = task.attempts.length === 1 ? "1 failed attempt" : `${task.attempts.length} failed attempts`;
  return `${attempts}${seconds > 0 ? `, again in ${seconds} s` : ""}: ${last.message}`;
}

function tasksTable(tasks: readonly QueueTask[], now: Date, columns: QueueColumns): string {
  // A sweep is queued within seconds: thousands of tasks have few times.
  const times = new Map<number, string>();
  const timeOf = (seconds: number) => {
    const text = times.get(seconds) ?? shortTime(seconds, now);
    times.set(seconds, text);
    return text;
  };
  const names = ["Task", "Name", "Created", "Status", ...(columns === "details" ? ["Details"] : [])];
  return toPlainText({
    columns: names.map((name): Column => ({ name, kind: "label" })),
    rows: tasks.map((task) => ({
      emphasis: "plain" as const,
      cells: [
        task.commit.slice(0, 7),
        task.name ?? "",
        task.createdAt === null ? "" : timeOf(task.createdAt),
        stateWords[task.state],
        ...(columns === "details" ? [details(task, now)] : []),
      ],
    })),
  });
}

export interface QueueScreen {
  readonly columns: QueueColumns;
  readonly size: { readonly columns: number; readonly rows: number };
}

/** The same for a terminal of that size: what runs, what is next and what ended last, as far as there is room. */
export function queueScreen(status: QueueStatus, now: Date, { columns, size }: QueueScreen): string {
  const cut = (text: string) => text.split("\n").map((line) => cutToWidth(line, size.columns));
  const whole = cut(queueText(status, now, columns));
  const surplus = whole.length - 1 - size.rows;
  if (surplus <= 0) return whole.join("\n");
  const kept = Math.max(1, status.tasks.length - surplus - 1);
  const text = queueText({ ...status, tasks: status.tasks.slice(0, kept) }, now, columns);
  const lines = cut(text).slice(0, -1);
  const more = cutToWidth(`... ${moreText(status.tasks.slice(kept))}`, size.columns);
  return `${[...lines.slice(0, -2), more, ...lines.slice(-2)].slice(0, size.rows).join("\n")}\n`;
}

/** \`3 queued, 12 success\` */
function moreText(tasks: readonly QueueTask[]): string {
  const states = (["running", "queued", "failed", "success"] as const).flatMap((state) => {
    const count = tasks.filter((task) => task.state === state).length;
    return count === 0 ? [] : [`${count} ${stateWords[state].toLowerCase()}`];
  });
  return `and ${states.join(", ")}`;
}

export function queueText({ tasks, workers, broken }: QueueStatus, now: Date, columns: QueueColumns): string {
  const table = tasks.length === 0 ? "No experiment tasks in the queue.\n" : tasksTable(tasks, now, columns);
  const unreadable = broken.map((ref) => `Unreadable entry: ${visible(ref)} (queue remove --queued removes it)\n`);
  return `${table}${unreadable.join("")}\nWorker status: ${workers.active} active, ${workers.idle} idle\n`;
}
