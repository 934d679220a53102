/** The page of `sweepline ui`: the report's, living. */
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { App } from "./app.tsx";
import { LiveBar } from "./live-bar.tsx";
import { LiveCompare } from "./live-compare.tsx";
import { Panel } from "./live-panel.tsx";
import { forgetEntry } from "./server.ts";
import { useLive } from "./use-live.ts";

function Ui() {
  const live = useLive();
  const { told, problem } = live;
  const title = told?.page.title ?? "sweepline";
  useEffect(() => {
    document.title = title;
  }, [title]);
  if (told === undefined)
    return (
      <main>
        <h1>sweepline</h1>
        <p role="status" class={problem === "" ? "quiet" : "problem lines"}>
          {problem === "" ? "Reading the experiments…" : problem}
        </p>
      </main>
    );
  return (
    <App
      data={told.page}
      live={{
        bar: (chosen) => <LiveBar live={live} told={told} chosen={chosen} />,
        panel: (row, onClose) => (
          <Panel data={told.page} row={row} access={told.access} act={live.act} onClose={onClose} />
        ),
        compare: (a, b) => <LiveCompare a={a} b={b} />,
      }}
    />
  );
}

forgetEntry();
const place = document.getElementById("page");
if (place !== null) render(<Ui />, place);
