/** How important each parameter is for the metric, and what each of its values does. */
import type { PageColumn, PageData, PageEffect } from "../report/page/contract.ts";
import { shownCell } from "./rows.ts";

function Bar({ share }: { share: number }) {
  return (
    <span class="bar" aria-hidden="true">
      <span style={{ width: `${Math.round(share * 100)}%` }} />
    </span>
  );
}

/** Where a mean lies between the least and the greatest of a parameter's. */
function placeOf(mean: number, { values }: PageEffect): number {
  const means = values.map((each) => each.mean);
  const [least, most] = [Math.min(...means), Math.max(...means)];
  return most > least ? (mean - least) / (most - least) : 1;
}

function Values({ effect, metric }: { effect: PageEffect; metric: string }) {
  return (
    <table class="small">
      <thead>
        <tr>
          <th scope="col">value</th>
          <th scope="col">mean {metric}</th>
          <td />
          <th scope="col">best</th>
          <th scope="col">count</th>
        </tr>
      </thead>
      <tbody>
        {effect.values.map((value) => (
          <tr key={value.label}>
            <th scope="row">{value.label}</th>
            <td class="number">{shownCell(value.mean)}</td>
            <td>
              <Bar share={0.04 + 0.96 * placeOf(value.mean, effect)} />
            </td>
            <td class="number">{shownCell(value.best)}</td>
            <td class="number">{value.count}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function explainedText(explained: number | null): string {
  if (explained === null) return "With so few points nobody can tell what is important.";
  const share = `${Math.round(explained * 100)} %`;
  return `${share} of the differences can be told from the parameters, at points that were not looked at.`;
}

export function Effects({ data, metric }: { data: PageData; metric: PageColumn | undefined }) {
  const effects = data.effects.find(({ key }) => key === metric?.key);
  const labelOf = (key: string) => data.columns.find((column) => column.key === key)?.label ?? key;
  if (effects === undefined || metric === undefined || effects.parameters.length === 0)
    return <p class="quiet">No parameter differs among finished experiments that have this metric.</p>;
  return (
    <div class="effects">
      <p class="quiet">{explainedText(effects.explained)}</p>
      {effects.parameters.map((effect, at) => (
        <details key={effect.key} open={at < 2}>
          <summary>
            <span class="effect-name">{labelOf(effect.key)}</span>
            {effect.importance === null ? null : (
              <>
                <Bar share={effect.importance} />
                <span class="number">{Math.round(effect.importance * 100)} %</span>
              </>
            )}
          </summary>
          <Values effect={effect} metric={metric.label} />
        </details>
      ))}
    </div>
  );
}
