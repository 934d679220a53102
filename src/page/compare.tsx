/** The chosen experiments side by side: what differs between them. */
import type { PageData, PageRow } from "../report/page/contract.ts";
import { shownCell } from "./rows.ts";

export function Compare({ data, rows }: { data: PageData; rows: readonly PageRow[] }) {
  if (rows.length < 2) return <p class="quiet">Choose two or more in the table to see in what they differ.</p>;
  const differing = data.columns
    .map((column, at) => ({ column, texts: rows.map(({ values }) => shownCell(values[at])) }))
    .filter(({ texts }) => new Set(texts).size > 1);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section class="scroll" aria-label="Comparison" tabIndex={0}>
      <table class="small">
        <thead>
          <tr>
            <td />
            {rows.map((row) => (
              <th key={row.id} scope="col">
                {row.name ?? row.commit.slice(0, 9)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {differing.map(({ column, texts }) => (
            <tr key={column.key}>
              <th scope="row" class={column.kind}>
                {column.label}
              </th>
              {texts.map((text, at) => (
                <td key={rows[at]?.id} class="number">
                  {text}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
