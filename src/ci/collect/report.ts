/** The report of a sweep as Markdown, for a step summary or a comment; both drop what is too long, so it is cut before. */
import type { PlanPoint, SweepPlan } from "../plan.ts";
import { type Shard, shardText } from "../shards.ts";
import type { KeptCheckpoints } from "./kept-checkpoints.ts";

export interface OpenPoint {
  readonly point: PlanPoint;
  /** The job that had it. */
  readonly job: Shard;
  /** Why it failed; undefined: nothing is known of it. */
  readonly message: string | undefined;
  /** What it has left all the same. */
  readonly checkpoints: KeptCheckpoints | undefined;
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

/**
 * A cell's text: on one line, without what Markdown or HTML would read, and without links, mentions, references (#1, GH-1,
 * GitLab's !1 and %1), emoji and mathematics: names and values may come from a stranger's pull request. References are
 * looked for in the finished page, so a character is put inside of them; `$` stands alone in an element of its own, which
 * is GitHub's own way to keep it.
 */
function plainCell(text: string): string {
  return [...text.replace(/\s+/g, " ")]
    .slice(0, 300)
    .join("")
    .replace(/[\\`|<>&[\]*~!]|(?<![a-z0-9])_|_(?![a-z0-9])/gi, (character) => `&#${character.codePointAt(0)};`)
    .replace(
      /@|:(?=\/\/|[a-z0-9_+-])|(?<=\bwww)\.|(?<!&)#|(?<=&#33);|%(?=[\w"])|(?<=\bGH)-/gi,
      (character) => `${character}&#8203;`,
    )
    .replaceAll("$", "<span>&#36;</span>");
}

/** What a cell of a table says: the opposite of how `exp show --md` escapes it. */
function cellText(cell: string): string {
  return cell
    .replaceAll("<br>", " ")
    .replaceAll("]\\(", "](")
    .replaceAll("&lt;", "<")
    .replace(/(\\*)\|/g, (_pipe, slashes: string) => `${slashes.slice(0, slashes.length / 2)}|`)
    .trim();
}

/** A row of a table that has no more escaped than such a table needs. */
function plainRow(row: string): string {
  const cells = row.split(/(?<!\\)\|/).slice(1, -1);
  return `| ${cells.map((cell) => plainCell(cellText(cell))).join(" | ")} |`;
}

/** What is known of it; "": nothing. */
function knownText({ message, checkpoints }: Pick<OpenPoint, "message" | "checkpoints">): string {
  if (checkpoints === undefined) return message ?? "";
  const { count, where } = checkpoints;
  const left = `${count} ${count === 1 ? "checkpoint" : "checkpoints"} ${where}: \`matrix run\` of the point goes on from the last one`;
  return message === undefined ? left : `${message}; ${left}`;
}

export function openPointText({ point, job, ...known }: OpenPoint): string {
  const where = `point ${point.i}, job ${shardText(job)}`;
  const text = knownText(known);
  return text === "" ? `${point.name} (${where})` : `${point.name} (${where}): ${text}`;
}

function openRows(points: readonly OpenPoint[]): readonly string[] {
  return points.map(({ point, job, ...known }) => {
    const state = known.message === undefined ? "missing" : "failed";
    return `| ${plainCell(point.name)} | ${point.i} | ${shardText(job)} | ${state} | ${plainCell(knownText(known))} |`;
  });
}

interface Section {
  readonly head: readonly string[];
  readonly rows: readonly string[];
}

function sections({ failed, missing, table }: ReportFacts): readonly Section[] {
  const open = [...openRows(failed), ...openRows(missing)];
  const [header = "", , ...rows] = table.split("\n");
  const columns = header.split(/(?<!\\)\|/).length - 2;
  return [
    ...(open.length === 0 ? [] : [{ head: ["| name | point | job | state | |", "|---|---|---|---|---|"], rows: open }]),
    ...(header === ""
      ? []
      : [
          {
            head: [plainRow(header), `|${"---|".repeat(columns)}`],
            rows: rows.filter((row) => row !== "").map(plainRow),
          },
        ]),
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
