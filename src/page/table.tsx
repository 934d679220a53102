/**
 * The table of experiments: a real one, so that screen readers and the keyboard find their way, of which only the rows are made
 * that can be seen.
 */
import { useRef, useState } from "preact/hooks";
import type { PageColumn, PageData, PageRow } from "../report/page/contract.ts";
import { columnAt, shownCell, timeText } from "./rows.ts";
import type { View } from "./view.ts";

const rowHeight = 32;
/** Beyond what is seen, so that scrolling meets rows. */
const spare = 12;

interface Header {
  readonly key: string;
  readonly label: string;
  readonly kind: "fact" | PageColumn["kind"];
}

const facts: readonly Header[] = [
  { key: "name", label: "Experiment", kind: "fact" },
  { key: "state", label: "State", kind: "fact" },
  { key: "created", label: "Created", kind: "fact" },
];

export interface TableActions {
  readonly onSort: (key: string) => void;
  readonly onChoose: (id: string) => void;
  /** Undefined where nothing can be changed. */
  readonly onOpen: ((row: PageRow) => void) | undefined;
}

interface TableProps extends TableActions {
  readonly data: PageData;
  readonly rows: readonly PageRow[];
  readonly columns: readonly PageColumn[];
  readonly view: View;
}

function HeaderCell({ header, view, onSort }: { header: Header; view: View; onSort: TableActions["onSort"] }) {
  const isSorted = view.sort === header.key;
  const order = view.order === "asc" ? "ascending" : "descending";
  return (
    <th scope="col" class={header.kind} aria-sort={isSorted ? order : "none"}>
      <button type="button" onClick={() => onSort(header.key)} title={`Sort by ${header.label}`}>
        {header.label}
        <span aria-hidden="true">{isSorted ? (view.order === "asc" ? " ▲" : " ▼") : ""}</span>
      </button>
    </th>
  );
}

const marks = { running: "▶", queued: "…", failed: "✗", success: "✓" } as const;

function NameCell({ row, onOpen }: { row: PageRow; onOpen: TableActions["onOpen"] }) {
  const name = row.name ?? row.commit.slice(0, 9);
  const star = row.starred ? <span title="starred">★ </span> : null;
  return (
    <th scope="row" title={[name, row.note, ...row.tags].filter(Boolean).join("\n")}>
      {star}
      {onOpen === undefined ? (
        name
      ) : (
        <button type="button" class="link" onClick={() => onOpen(row)}>
          {name}
        </button>
      )}
      {row.tags.map((tag) => (
        <span key={tag} class="tag">
          {tag}
        </span>
      ))}
    </th>
  );
}

interface RowProps {
  readonly row: PageRow;
  readonly index: number;
  readonly places: readonly { readonly column: PageColumn; readonly at: number }[];
  readonly isChosen: boolean;
  readonly actions: Omit<TableActions, "onSort">;
}

function Row({ row, index, places, isChosen, actions }: RowProps) {
  const name = row.name ?? row.commit.slice(0, 9);
  return (
    <tr aria-rowindex={index + 2} class={isChosen ? "chosen" : ""} data-id={row.id}>
      <td>
        <input
          type="checkbox"
          aria-label={`choose ${name}`}
          checked={isChosen}
          onChange={() => actions.onChoose(row.id)}
        />
      </td>
      <NameCell row={row} onOpen={actions.onOpen} />
      <td class={`state ${row.state}`}>
        <span aria-hidden="true">{marks[row.state]} </span>
        {row.state}
        {row.stage === undefined ? "" : `: ${row.stage}`}
      </td>
      <td>{timeText(row.created)}</td>
      {places.map(({ column, at }) => {
        const text = shownCell(row.values[at]);
        return (
          <td key={column.key} class={typeof row.values[at] === "number" ? "number" : ""} title={text}>
            {text}
          </td>
        );
      })}
    </tr>
  );
}

export function Table({ data, rows, columns, view, onSort, ...actions }: TableProps) {
  const [top, setTop] = useState(0);
  const place = useRef<HTMLElement>(null);
  const visible = Math.ceil((place.current?.clientHeight ?? 700) / rowHeight);
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight) - spare, rows.length - visible - spare));
  const last = Math.min(rows.length, first + visible + 2 * spare);
  const places = columns.map((column) => ({ column, at: columnAt(data, column.key) }));
  const headers = [...facts, ...columns.map(({ key, label, kind }): Header => ({ key, label, kind }))];
  const filler = (count: number) =>
    count <= 0 ? null : (
      <tr class="filler" style={{ height: `${count * rowHeight}px` }}>
        <td colSpan={headers.length + 1} />
      </tr>
    );
  return (
    <section
      ref={place}
      class="table"
      aria-label="Experiments"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
      tabIndex={0}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <td>
              <span class="hidden-text">Chosen</span>
            </td>
            {headers.map((header) => (
              <HeaderCell key={header.key} header={header} view={view} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {filler(first)}
          {rows.slice(first, last).map((row, at) => (
            <Row
              key={row.id}
              row={row}
              index={first + at}
              places={places}
              isChosen={view.chosen.has(row.id)}
              actions={actions}
            />
          ))}
          {filler(rows.length - last)}
        </tbody>
      </table>
      {rows.length === 0 ? <p class="quiet">No experiment fits.</p> : null}
    </section>
  );
}
