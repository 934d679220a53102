/** `sweep list` and the head of `sweep show`. */
import { readableShellWord } from "../../base/text/shell-word.ts";
import { jsonOf, visible } from "../../base/text/visible.ts";
import { toPlain } from "../../base/value.ts";
import type { SweepSummary } from "../../experiments/find/sweeps.ts";
import type { RunState } from "../../experiments/reading/types.ts";
import { cellText, defaultPrecision, significantFloats } from "../cells.ts";
import { shortTime } from "../dates.ts";
import { toPlainText } from "../plain.ts";
import { keepColumns, type Table } from "../table.ts";
import { wrapToWidth } from "../width.ts";
import { drawNarrow, tableWidth } from "./narrow-table.ts";

const float = significantFloats(defaultPrecision);

/** `1h 02m`, `3m 20s`, `4.2s` */
function timeText(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)}s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes}m ${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}s`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, "0")}m`;
}

/** `10 success, 2 failed` */
function countsOfSweep({ counts, stopped }: SweepSummary): string {
  const states = (["running", "queued", "success", "failed"] as const).filter((state) => counts[state] > 0);
  const early = (state: RunState) => (state === "success" && stopped > 0 ? ` (${stopped} stopped early)` : "");
  return states.map((state) => `${counts[state]} ${state}${early(state)}`).join(", ");
}

function summaryOfSweep(sweep: SweepSummary): string {
  const word = sweep.kind === "search" ? "trial" : "point";
  const points = sweep.points === 1 ? `1 ${word}` : `${sweep.points} ${word}s`;
  return `${points}: ${countsOfSweep(sweep)}; ${timeText(sweep.elapsedMs)} of runs`;
}

function bestOfSweep({ best }: SweepSummary): string {
  return best === undefined ? "-" : `${best.name} (${best.metric} ${cellText(best.value, float)})`;
}

/** What would queue it again, where all combinations are points of it. Of a search the values tell nothing: they are in its table. */
function commandOfSweep({ kind, overrides, targets, combinations }: SweepSummary): string {
  if (kind === "search") return `Keys: ${overrides.map((text) => text.replace(/=.*$/s, "")).join(", ")}`;
  const words = [...targets.flatMap((target) => ["-t", target]), ...overrides].map(readableShellWord);
  return `${combinations === "all" ? "" : "some of: "}sweepline sweep ${words.join(" ")}`;
}

function sweepsTable(sweeps: readonly SweepSummary[], now: Date): Table {
  const names = ["Sweep", "Created", "Points", "States", "Time", "Best", "Overrides"];
  return {
    columns: names.map((name) => ({ name, kind: "label" })),
    rows: sweeps.map((sweep) => ({
      emphasis: "plain",
      cells: [
        sweep.id,
        shortTime(sweep.createdAt, now),
        String(sweep.points),
        countsOfSweep(sweep),
        timeText(sweep.elapsedMs),
        bestOfSweep(sweep),
        sweep.overrides.join(" "),
      ],
    })),
  };
}

function plainSweep({ best, ...sweep }: SweepSummary) {
  return { ...sweep, best: best === undefined ? null : { ...best, value: toPlain(best.value) } };
}

export function sweepsJson(sweeps: readonly SweepSummary[]): string {
  const plain = sweeps.map(plainSweep);
  return jsonOf(plain);
}

/** Overrides that get less of a line are put on lines of their own. */
const leastForOverrides = 30;

/** Three lines or more for a sweep: nothing of it is cut. */
function sweepLines(sweep: SweepSummary, now: Date, width: number): string {
  const head = `${sweep.id}  ${shortTime(sweep.createdAt, now)}  ${summaryOfSweep(sweep)}`;
  const inner = [`best ${bestOfSweep(sweep)}`, sweep.overrides.join(" ")];
  const wrapped = (text: string, indent: string) =>
    wrapToWidth(visible(text), width - indent.length).map((line) => `${indent}${line}\n`);
  return [...wrapped(head, ""), ...inner.flatMap((text) => wrapped(text, "    "))].join("");
}

/** One line a sweep, whose overrides are cut where a terminal ends; several where it is too narrow for that. */
export function sweepsText(sweeps: readonly SweepSummary[], now: Date, width: number | "full"): string {
  if (sweeps.length === 0) return "No sweep is here.\n";
  const table = sweepsTable(sweeps, now);
  if (width === "full") return toPlainText(table);
  const others = keepColumns(table, ({ name }) => name !== "Overrides");
  if (tableWidth(others) + leastForOverrides <= width) return drawNarrow(table, width);
  return sweeps.map((sweep) => sweepLines(sweep, now, width)).join("");
}

/** What there is to say of one, before its table. */
export function sweepHead(sweep: SweepSummary, now: Date): string {
  const lines = [
    `${sweep.kind === "search" ? "Search" : "Sweep"} ${sweep.id} of ${sweep.baseline.slice(0, 7)}, ${shortTime(sweep.createdAt, now)}`,
    summaryOfSweep(sweep),
    `Best: ${bestOfSweep(sweep)}`,
    commandOfSweep(sweep),
  ];
  return lines.map((line) => `${visible(line)}\n`).join("");
}
