/** All of the page. What is looked at is one View; the rest follows from it and the data. */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { PageColumn, PageData, PageRow } from "../report/page/contract.ts";
import { type Look, pageLook } from "./chart.tsx";
import { Compare } from "./compare.tsx";
import { type Change, Controls, columnChoices, Select } from "./controls.tsx";
import { Curves } from "./curves.tsx";
import { Effects } from "./effects.tsx";
import { Failures } from "./failures.tsx";
import { Parallel } from "./parallel.tsx";
import { brushedRows, conditionOf, foundRows, isShown, metricOf, sortedRows, timeText } from "./rows.ts";
import { History, Scatter } from "./scatter.tsx";
import { Table } from "./table.tsx";
import { startView, type View, viewHash, viewOf } from "./view.ts";

/** The view, kept in the address. */
function useView(): readonly [View, Change] {
  const [view, setView] = useState(() => viewOf(location.hash));
  useEffect(() => {
    const follow = () => setView(viewOf(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const change: Change = (changes) =>
    setView((before) => {
      const after = { ...before, ...changes };
      const hash = viewHash(after);
      history.replaceState(history.state, "", hash === "" ? location.pathname + location.search : `#${hash}`);
      return after;
    });
  return [view, change];
}

/** The colours that the system wishes, also when that changes. */
function useLook(): Look {
  const [look, setLook] = useState(pageLook);
  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => setLook(pageLook());
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  return look;
}

function countsText(rows: readonly PageRow[]): string {
  const count = (state: PageRow["state"]) => rows.filter((row) => row.state === state).length;
  const states = (["success", "running", "queued", "failed"] as const).map((state) => [count(state), state] as const);
  return states
    .filter(([number]) => number > 0)
    .map(([number, state]) => `${number} ${state === "success" ? "finished" : state}`)
    .join(", ");
}

interface PartProps {
  readonly id: string;
  readonly title: string;
  readonly children: ComponentChildren;
}

function Part({ id, title, children }: PartProps) {
  return (
    <section class="part" id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {children}
    </section>
  );
}

/** The columns of the scatter: as chosen, else the most important parameter and the metric. */
function pairOf(data: PageData, view: View, metric: PageColumn | undefined): readonly [string, string] {
  const known = (key: string) => data.columns.some((column) => column.key === key);
  const important = data.effects.find(({ key }) => key === metric?.key)?.parameters[0]?.key;
  const first = important ?? data.columns.find(({ kind, varies }) => kind === "param" && varies)?.key ?? "";
  return [known(view.x) ? view.x : first, known(view.y) ? view.y : (metric?.key ?? "")];
}

/** What a living page has more. */
export interface LiveParts {
  /** Below the heading. */
  readonly bar: (chosen: readonly PageRow[]) => ComponentChildren;
  readonly panel: (row: PageRow, onClose: () => void) => ComponentChildren;
  /** Of two that are chosen. */
  readonly compare: (a: PageRow, b: PageRow) => ComponentChildren;
}

interface AppProps {
  readonly data: PageData;
  readonly live?: LiveParts | undefined;
}

/** What is shown of what. */
function useShown(data: PageData, view: View) {
  const condition = useMemo(() => conditionOf(view.where, data, data.madeAt), [view.where, data]);
  // Apart, so that a brush does not draw anew what it was drawn on.
  const found = useMemo(() => foundRows(data, view.search, condition), [data, view.search, condition]);
  const brushed = useMemo(() => brushedRows(data, found, view.brush), [data, found, view.brush]);
  const rows = useMemo(() => sortedRows(data, brushed, view), [data, brushed, view.sort, view.order]);
  return { condition, found, rows };
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const changed = new Set(set);
  if (!changed.delete(id)) changed.add(id);
  return changed;
}

interface HeaderProps {
  readonly data: PageData;
  readonly rows: readonly PageRow[];
  readonly view: View;
  readonly onReset: () => void;
}

/** What the page is of, how much of it is shown, and the way back to all of it. */
function Header({ data, rows, view, onReset }: HeaderProps) {
  return (
    <header>
      <h1>{data.title}</h1>
      <p class="quiet" role="status" id="counts">
        {rows.length === data.rows.length ? "" : `${rows.length} of `}
        {data.rows.length} {data.rows.length === 1 ? "experiment" : "experiments"}
        {data.rows.length > 0 ? `: ${countsText(data.rows)}` : ""}
      </p>
      {viewHash(view) === "" ? null : (
        <button type="button" id="reset" onClick={onReset}>
          Reset the view
        </button>
      )}
    </header>
  );
}

interface PicturesProps {
  readonly data: PageData;
  readonly rows: readonly PageRow[];
  readonly view: View;
  readonly metric: PageColumn | undefined;
  readonly look: Look;
  readonly onChange: Change;
}

/** The rows that are shown as pictures, two beside each other. */
function Pictures({ data, rows, view, metric, look, onChange }: PicturesProps) {
  const [x, y] = pairOf(data, view, metric);
  return (
    <>
      <div class="pair">
        <Part id="history" title="History">
          <History data={data} rows={rows} metric={metric} look={look} />
        </Part>
        <Part id="scatter" title="Scatter">
          <div class="controls">
            <Select label="x" value={x} options={columnChoices(data.columns)} onPick={(key) => onChange({ x: key })} />
            <Select label="y" value={y} options={columnChoices(data.columns)} onPick={(key) => onChange({ y: key })} />
          </div>
          <Scatter data={data} rows={rows} x={x} y={y} metric={metric} look={look} />
        </Part>
      </div>
      <div class="pair">
        <Part id="effects" title={`What matters for ${metric?.label ?? "the metric"}`}>
          <Effects data={data} metric={metric} />
        </Part>
        <Part id="curves" title="Curves">
          <Curves data={data} rows={rows} view={view} look={look} onChange={onChange} />
        </Part>
      </div>
    </>
  );
}

interface ComparisonProps extends AppProps {
  readonly chosen: readonly PageRow[];
}

function Comparison({ data, live, chosen }: ComparisonProps) {
  const [a, b, ...others] = chosen;
  return (
    <Part id="compare" title="Comparison">
      <Compare data={data} rows={chosen} />
      {a === undefined || b === undefined || others.length > 0 ? null : live?.compare(a, b)}
    </Part>
  );
}

export function App({ data, live }: AppProps) {
  const [view, change] = useView();
  const look = useLook();
  const { condition, found, rows } = useShown(data, view);
  const metric = metricOf(data, view.metric);
  const columns = data.columns.filter((column) => isShown(column, view));
  const chosen = data.rows.filter(({ id }) => view.chosen.has(id));
  const opened = view.open === "" ? undefined : data.rows.find(({ id }) => id === view.open);
  const onSort = (key: string) => {
    const isSame = view.sort === key;
    change({ sort: key, order: isSame && view.order === "desc" ? "asc" : "desc" });
  };
  return (
    <main>
      <Header data={data} rows={rows} view={view} onReset={() => change(startView)} />
      {live?.bar(chosen)}
      <Controls data={data} view={view} condition={condition} metric={metric} onChange={change} />
      <Part id="parallel" title="Parallel coordinates">
        <Parallel
          data={data}
          found={found}
          view={view}
          metric={metric}
          look={look}
          onBrush={(key, intervals) => {
            const brush = new Map(view.brush);
            if (intervals.length === 0) brush.delete(key);
            else brush.set(key, intervals);
            change({ brush });
          }}
        />
      </Part>
      <Part id="experiments" title="Experiments">
        <Table
          data={data}
          rows={rows}
          columns={columns}
          view={view}
          onSort={onSort}
          onChoose={(id) => change({ chosen: toggled(view.chosen, id) })}
          onOpen={live === undefined ? undefined : ({ id }) => change({ open: id })}
        />
      </Part>
      {opened === undefined ? null : live?.panel(opened, () => change({ open: "" }))}
      <Pictures data={data} rows={rows} view={view} metric={metric} look={look} onChange={change} />
      <Comparison data={data} live={live} chosen={chosen} />
      <Part id="failures" title="Failures">
        <Failures failures={data.failures} />
      </Part>
      <footer class="quiet">
        Made by {data.madeBy}, {timeText(data.madeAt)}
      </footer>
    </main>
  );
}
