/** What the view is made with: condition, search, columns, metric. */
import type { PageColumn, PageData } from "../report/page/contract.ts";
import { type Condition, commandOf, isShown } from "./rows.ts";
import type { View } from "./view.ts";

export type Change = (changes: Partial<View>) => void;

interface ControlsProps {
  readonly data: PageData;
  readonly view: View;
  readonly condition: Condition;
  readonly metric: PageColumn | undefined;
  readonly onChange: Change;
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly onPick: (value: string) => void;
}

export function Select({ label, value, options, onPick }: SelectProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onPick(event.currentTarget.value)}>
        {options.map(([key, text]) => (
          <option key={key} value={key} selected={key === value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

export function columnChoices(columns: readonly PageColumn[]): SelectProps["options"] {
  return columns.map(({ key, label }) => [key, label]);
}

function withItem(set: ReadonlySet<string>, key: string, isIn: "in" | "out"): ReadonlySet<string> {
  const changed = new Set(set);
  if (isIn === "in") changed.add(key);
  else changed.delete(key);
  return changed;
}

function ColumnPicker({ data, view, onChange }: Pick<ControlsProps, "data" | "view" | "onChange">) {
  const toggle = (column: PageColumn) => {
    const { key } = column;
    const isOn = isShown(column, view);
    onChange({
      hidden: withItem(view.hidden, key, isOn ? "in" : "out"),
      shown: withItem(view.shown, key, isOn ? "out" : "in"),
    });
  };
  return (
    <details class="picker">
      <summary>Columns</summary>
      <fieldset>
        <legend class="hidden-text">Columns that are shown</legend>
        {data.columns.map((column) => (
          <label key={column.key}>
            <input type="checkbox" checked={isShown(column, view)} onChange={() => toggle(column)} />
            {column.label}
          </label>
        ))}
      </fieldset>
    </details>
  );
}

export function Controls({ data, view, condition, metric, onChange }: ControlsProps) {
  const metrics = data.columns.filter(({ kind }) => kind === "metric");
  const problem = condition.kind === "refused" ? condition.message : "";
  return (
    <div class="controls">
      <label class="wide">
        Where
        <input
          type="text"
          id="where"
          value={view.where}
          placeholder="accuracy > 0.9 and lr in [0.1, 0.2]"
          spellcheck={false}
          aria-invalid={problem !== ""}
          aria-describedby="where-problem"
          onInput={(event) => onChange({ where: event.currentTarget.value })}
        />
      </label>
      <label>
        Search
        <input
          type="search"
          id="search"
          value={view.search}
          onInput={(event) => onChange({ search: event.currentTarget.value })}
        />
      </label>
      {metrics.length < 2 ? null : (
        <Select
          label="Metric"
          value={metric?.key ?? ""}
          options={columnChoices(metrics)}
          onPick={(key) => onChange({ metric: key })}
        />
      )}
      <ColumnPicker data={data} view={view} onChange={onChange} />
      <p id="where-problem" class="problem" role="status">
        {problem}
      </p>
      <p class="command">
        <span class="hidden-text">The same in a terminal: </span>
        <code>{commandOf(data, view)}</code>
      </p>
    </div>
  );
}
