/** Failures by their last line, the most frequent first, each with the end of a log. */
import type { PageFailure } from "../report/page/contract.ts";

const mostNames = 20;

export function Failures({ failures }: { failures: readonly PageFailure[] }) {
  if (failures.length === 0) return <p class="quiet">No experiment failed.</p>;
  return (
    <ul class="failures">
      {failures.map(({ line, names, log }) => (
        <li key={line}>
          <details>
            <summary>
              <strong>{names.length} ×</strong> <code>{line}</code>
            </summary>
            <p>
              {names.slice(0, mostNames).join(", ")}
              {names.length > mostNames ? ` and ${names.length - mostNames} more` : ""}
            </p>
            {log === "" ? null : (
              // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
              <pre tabIndex={0}>{log}</pre>
            )}
          </details>
        </li>
      ))}
    </ul>
  );
}
