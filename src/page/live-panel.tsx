/** One experiment of the living page: what it is, its log, and what can be done with it. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { PageData, PageRow } from "../report/page/contract.ts";
import type { PageAction } from "../report/page/live-contract.ts";
import { SureButton } from "./live-bar.tsx";
import { shownCell, timeText } from "./rows.ts";
import { hearLog, plotsAddress } from "./server.ts";
import type { Live } from "./use-live.ts";

type Act = Live["act"];

/** Of a long log the page keeps so many characters. */
const mostText = 400_000;

function Log({ id }: { id: string }) {
  const [text, setText] = useState("");
  const [state, setState] = useState<"follows" | "none">("follows");
  const place = useRef<HTMLPreElement>(null);
  useEffect(() => {
    setText("");
    setState("follows");
    return hearLog(
      id,
      (piece) => setText((before) => ((piece.place === "start" ? "" : before) + piece.text).slice(-mostText)),
      () => setState("none"),
    );
  }, [id]);
  useEffect(() => {
    const { current } = place;
    if (current !== null) current.scrollTop = current.scrollHeight;
  }, [text]);
  if (text === "") return <p class="quiet">{state === "none" ? "There is no log of it here." : "The log is empty."}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <pre id="log" ref={place} tabIndex={0}>
      {text}
    </pre>
  );
}

interface FieldProps {
  readonly label: string;
  readonly button: string;
  readonly value: string;
  readonly onGive: (value: string) => void;
}

/** A text and a button that does something with it. */
function Field({ label, button, value, onGive }: FieldProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <form
      class="controls"
      onSubmit={(event) => {
        event.preventDefault();
        onGive(text);
      }}
    >
      <label class="wide">
        {label}
        <input type="text" value={text} spellcheck={false} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <button type="submit">{button}</button>
    </form>
  );
}

function FinishedActions({ row, act }: { row: PageRow; act: (action: PageAction) => void }) {
  const { id, name } = row;
  const tags = (text: string) => text.split(/[\s,]+/).filter(Boolean);
  return (
    <>
      <div class="controls">
        <SureButton text="Apply to the workspace" onSure={() => act({ kind: "exp apply", id })} />
        <button type="button" onClick={() => act({ kind: "exp star", ids: [id], star: row.starred ? "off" : "on" })}>
          {row.starred ? "Take the star" : "Star"}
        </button>
        <SureButton text="Remove" onSure={() => act({ kind: "exp remove", ids: [id] })} />
        <a href={plotsAddress([id])} target="_blank" rel="noopener noreferrer">
          Plots
        </a>
      </div>
      <Field
        label="Note"
        button="Note it"
        value={row.note ?? ""}
        onGive={(text) => act({ kind: "exp note", id, text })}
      />
      <Field
        label="Tags"
        button="Tag it"
        value={row.tags.join(" ")}
        onGive={(text) => act({ kind: "exp tag", id, tags: tags(text) })}
      />
      <Field
        label="Name"
        button="Rename"
        value={name ?? ""}
        onGive={(text) => act({ kind: "exp rename", id, name: text })}
      />
      <Field
        label="Git branch"
        button="Make a branch"
        value={`${name ?? ""}-branch`}
        onGive={(branch) => act({ kind: "exp branch", id, branch })}
      />
    </>
  );
}

function EntryActions({ row: { id, state }, act }: { row: PageRow; act: (action: PageAction) => void }) {
  if (state === "running")
    return (
      <div class="controls">
        <SureButton text="End it" onSure={() => act({ kind: "queue kill", ids: [id], manner: "stop" })} />
        <SureButton text="End it at once" onSure={() => act({ kind: "queue kill", ids: [id], manner: "force" })} />
      </div>
    );
  return (
    <div class="controls">
      {state === "queued" ? (
        <>
          <button type="button" onClick={() => act({ kind: "queue move", ids: [id], place: "first" })}>
            Run it first
          </button>
          <button type="button" onClick={() => act({ kind: "queue move", ids: [id], place: "last" })}>
            Run it last
          </button>
        </>
      ) : (
        <button type="button" onClick={() => act({ kind: "queue retry", ids: [id] })}>
          Queue it again
        </button>
      )}
      <SureButton text="Take it out of the queue" onSure={() => act({ kind: "queue remove", ids: [id] })} />
    </div>
  );
}

function Values({ data, row }: { data: PageData; row: PageRow }) {
  const shown = data.columns.flatMap((column, at) => {
    const text = shownCell(row.values[at]);
    return text === "" ? [] : [{ column, text }];
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section class="scroll values" tabIndex={0} aria-label="Values">
      <table class="small">
        <tbody>
          {shown.map(({ column, text }) => (
            <tr key={column.key}>
              <th scope="row" class={column.kind}>
                {column.label}
              </th>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface PanelProps {
  readonly data: PageData;
  readonly row: PageRow;
  readonly access: "read and change" | "read only";
  readonly act: Act;
  readonly onClose: () => void;
}

export function Panel({ data, row, access, act, onClose }: PanelProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [row.id]);
  const doIt = (action: PageAction) => void act(action);
  const { name, state, stage, sweep } = row;
  const facts = [
    state,
    stage === undefined ? "" : `stage ${stage}`,
    sweep === null ? "" : `sweep ${sweep}`,
    timeText(row.created),
  ];
  return (
    <aside
      class="part panel"
      id="panel"
      aria-labelledby="panel-title"
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <header>
        <h2 id="panel-title" tabIndex={-1} ref={heading}>
          {name ?? row.commit.slice(0, 9)}
        </h2>
        <span class="quiet">{facts.filter(Boolean).join(", ")}</span>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </header>
      {access === "read only" ? null : state === "success" ? (
        <FinishedActions row={row} act={doIt} />
      ) : (
        <EntryActions row={row} act={doIt} />
      )}
      <div class="pair">
        <Values data={data} row={row} />
        <Log key={row.id} id={row.id} />
      </div>
    </aside>
  );
}
