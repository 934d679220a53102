/** The report of a sweep as Markdown, for a step summary or a comment; both drop what is too long, so it is cut before. */
import type { PlanPoint, SweepPlan } from "./plan.ts";
import { type Shard, shardText } from "./shards.ts";

export interface OpenPoint {
  readonly point: PlanPoint;
  /** The job that had it. */
  readonly job: Shard;
  /** Why it failed; undefined: nothing is known of it. */
  readonly message: string | undefined;
}

export interface ReportFacts {
  readonly plan: SweepPlan;
  readonly done: number;
  readonly failed: readonly OpenPoint[];
  readonly missing: readonly OpenPoint[];
  /** A Markdown table of the experiments. */
  readonly table: string;
}

export type ReportLimit =
  | { readonly unit: "bytes"; readonly most: number }
  | { readonly unit: "characters"; readonly most: number };

/** Found again by whoever updates a comment in place. */
export function reportMarker(plan: Pick<SweepPlan, "sweep">): string {
  return `<!-- sweepline:${plan.sweep} -->`;
}

/** A cell's text: on one line, without what Markdown or HTML would read. */
function plainCell(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`|<>&[\]*_~!]/g, (character) => `&#${character.codePointAt(0)};`)
    .slice(0, 300);
}

export function openPointText({ point, job, message }: OpenPoint): string {
  const where = `point ${point.i}, job ${shardText(job)}`;
  return message === undefined ? `${point.name} (${where})` : `${point.name} (${where}): ${message}`;
}

function openRows(points: readonly OpenPoint[]): readonly string[] {
  return points.map(({ point, job, message }) => {
    const state = message === undefined ? "missing" : "failed";
    return `| ${plainCell(point.name)} | ${point.i} | ${shardText(job)} | ${state} | ${plainCell(message ?? "")} |`;
  });
}

interface Section {
  readonly head: readonly string[];
  readonly rows: readonly string[];
}

function sections({ failed, missing, table }: ReportFacts): readonly Section[] {
  const open = [...openRows(failed), ...openRows(missing)];
  // Columns are padded for reading in a terminal; here only the bytes would count.
  const [header = "", , ...rows] = table.split("\n").map((line) => line.replace(/ {2,}/g, " "));
  const columns = header.split(/(?<!\\)\|/).length - 2;
  return [
    ...(open.length === 0 ? [] : [{ head: ["| name | point | job | state | |", "|---|---|---|---|---|"], rows: open }]),
    ...(header === ""
      ? []
      : [{ head: [header, `|${"---|".repeat(columns)}`], rows: rows.filter((row) => row !== "") }]),
  ];
}

function sizeOf(text: string, limit: ReportLimit): number {
  return limit.unit === "bytes" ? Buffer.byteLength(text) : text.length;
}

/** Room for the lines that tell how many rows were cut. */
const cutRoom = 200;

/** The report, within the limit: rows that do not fit are left out, from the end of each table, and counted. */
export function renderReport(facts: ReportFacts, limit: ReportLimit): string {
  const { plan, done, failed, missing } = facts;
  const counts = `${done} of ${plan.points.length} points done, ${failed.length} failed, ${missing.length} missing.`;
  const parts = [reportMarker(plan), `### Sweep ${plan.sweep}`, "", counts, `Baseline: ${plan.baseline}`];
  let left = limit.most - cutRoom - sizeOf(`${parts.join("\n")}\n`, limit);
  for (const { head, rows } of sections(facts)) {
    left -= sizeOf(`\n${head.join("\n")}\n\n`, limit);
    const kept: string[] = [];
    for (const row of rows) {
      const size = sizeOf(`${row}\n`, limit);
      if (size > left) break;
      left -= size;
      kept.push(row);
    }
    if (kept.length > 0) parts.push("", ...head, ...kept);
    if (kept.length < rows.length) parts.push("", `_${rows.length - kept.length} rows cut: the table is too long._`);
  }
  return `${parts.join("\n")}\n`;
}
