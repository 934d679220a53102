/** What differs between the files of two experiments. */
import { useEffect, useState } from "preact/hooks";
import type { PageRow } from "../report/page/contract.ts";
import type { PageComparison } from "../report/page/live-contract.ts";
import { shownCell } from "./rows.ts";
import { type Asked, askComparison } from "./server.ts";

function Changes({ comparison }: { comparison: PageComparison }) {
  const { params, metrics, files, patch, extent } = comparison;
  const values = [...metrics, ...params];
  return (
    <>
      {values.length === 0 ? null : (
        <ul id="changed-values">
          {values.map((change) => (
            <li key={`${change.file}:${change.name}`}>
              <code>
                {change.file}: {change.name}
              </code>{" "}
              {shownCell(change.old) || "none"} → {shownCell(change.new) || "none"}
            </li>
          ))}
        </ul>
      )}
      <ul id="changed-files">
        {files.map(({ file, added, removed }) => (
          <li key={file}>
            <code>{file}</code> {added === null || removed === null ? "no text" : `+${added} −${removed}`}
          </li>
        ))}
      </ul>
      {files.length === 0 ? <p class="quiet">Their files are the same.</p> : null}
      {patch === "" ? null : (
        <details>
          <summary>Lines that differ{extent === "cut" ? " (the first of them)" : ""}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
          <pre id="patch" tabIndex={0}>
            {patch}
          </pre>
        </details>
      )}
    </>
  );
}

/** @param rows two of them */
export function LiveCompare({ a, b }: { a: PageRow; b: PageRow }) {
  const [asked, setAsked] = useState<Asked<PageComparison> | undefined>(undefined);
  useEffect(() => {
    let isOver = false;
    setAsked(undefined);
    void askComparison([a.id, b.id]).then((answer) => {
      if (!isOver) setAsked(answer);
    });
    return () => {
      isOver = true;
    };
  }, [a.id, b.id, a.commit, b.commit]);
  if (asked === undefined) return <p class="quiet">…</p>;
  if (asked.kind === "refused") return <p class="problem lines">{asked.why}</p>;
  return <Changes comparison={asked.answer} />;
}
