/** What the page shows after an update. */
import type { PageData, PageRow } from "../report/page/contract.ts";
import type { PageUpdate } from "../report/page/live-contract.ts";

const ranks = { running: 0, queued: 1, failed: 2, success: 2 } as const;

function usualOrder(a: PageRow, b: PageRow): number {
  return ranks[a.state] - ranks[b.state] || (b.created ?? 0) - (a.created ?? 0) || (a.id < b.id ? -1 : 1);
}

/** What runs first, then what waits, then what is done, the newest first: the same whether it came at once or bit by bit. */
export function inUsualOrder(rows: readonly PageRow[]): readonly PageRow[] {
  return [...rows].sort(usualOrder);
}

export function merged(page: PageData, update: PageUpdate): PageData {
  const { columns, effects, failures, curves = [], madeAt } = update;
  const changed = new Map(update.rows.map((row) => [row.id, row]));
  const gone = new Set(update.removed);
  const hasOtherRows = changed.size + gone.size > 0;
  const known = new Set(page.rows.map(({ id }) => id));
  const rows = [
    ...page.rows.filter(({ id }) => !gone.has(id)).map((row) => changed.get(row.id) ?? row),
    ...update.rows.filter(({ id }) => !known.has(id)),
  ];
  const drawnAnew = new Set([...curves.map(({ id }) => id), ...gone]);
  return {
    ...page,
    madeAt,
    rows: hasOtherRows ? inUsualOrder(rows) : page.rows,
    columns: columns ?? page.columns,
    effects: effects ?? page.effects,
    failures: failures ?? page.failures,
    curves:
      drawnAnew.size === 0
        ? page.curves
        : [...page.curves.filter(({ id }) => !drawnAnew.has(id)), ...curves.flatMap((each) => each.curves)],
  };
}
