/** Below the heading of the living page: whether it is of now, the queue, and what can be done with what is chosen. */
import { useEffect, useState } from "preact/hooks";
import type { PageRow } from "../report/page/contract.ts";
import type { LivePage, PageAction } from "../report/page/live-contract.ts";
import { plotsAddress } from "./server.ts";
import type { Live } from "./use-live.ts";

type Act = Live["act"];

interface SureButtonProps {
  readonly text: string;
  readonly onSure: () => void;
}

/** Asks once more, in its own place, before something is lost. */
export function SureButton({ text, onSure }: SureButtonProps) {
  const [isAsked, setAsked] = useState(false);
  useEffect(() => setAsked(false), [text]);
  return (
    <button
      type="button"
      class={isAsked ? "sure" : ""}
      onBlur={() => setAsked(false)}
      onClick={() => {
        setAsked(!isAsked);
        if (isAsked) onSure();
      }}
    >
      {isAsked ? `Really? ${text}` : text}
    </button>
  );
}

function Workers({ workers, waits, act }: { workers: LivePage["queue"]["workers"]; waits: number; act: Act }) {
  const [jobs, setJobs] = useState(1);
  if (workers === null)
    return (
      <form
        class="controls"
        aria-label="Workers of the queue"
        onSubmit={(event) => {
          event.preventDefault();
          void act({ kind: "queue start", jobs });
        }}
      >
        <label>
          Workers
          <input
            type="number"
            min={1}
            max={999}
            value={jobs}
            onInput={(event) => setJobs(Number(event.currentTarget.value))}
          />
        </label>
        <button type="submit" disabled={waits === 0}>
          Start the queue
        </button>
      </form>
    );
  const count = `${workers.jobs} worker${workers.jobs === 1 ? "" : "s"}`;
  return (
    <div class="controls">
      <span>{workers.state === "working" ? `${count} in the background` : `${count}, about to end`}</span>
      <button type="button" onClick={() => void act({ kind: "queue stop", manner: "wait" })}>
        Stop the queue
      </button>
      <SureButton text="End what runs" onSure={() => void act({ kind: "queue stop", manner: "kill" })} />
    </div>
  );
}

const mostListed = 30;

function Waiting({ told, act }: { told: LivePage; act: Act }) {
  const names = new Map(told.page.rows.map(({ id, name, commit }) => [id, name ?? commit.slice(0, 9)]));
  const { waiting } = told.queue;
  const move = (id: string, place: "first" | "last") => void act({ kind: "queue move", ids: [id], place });
  return (
    <details class="waiting">
      <summary>{waiting.length} wait in the queue</summary>
      <ol>
        {waiting.slice(0, mostListed).map((id) => (
          <li key={id}>
            {names.get(id) ?? id}{" "}
            {told.access === "read only" ? null : (
              <>
                <button type="button" aria-label={`run ${names.get(id)} first`} onClick={() => move(id, "first")}>
                  first
                </button>{" "}
                <button type="button" aria-label={`run ${names.get(id)} last`} onClick={() => move(id, "last")}>
                  last
                </button>
              </>
            )}
          </li>
        ))}
      </ol>
      {waiting.length > mostListed ? <p class="quiet">and more</p> : null}
    </details>
  );
}

/** What can be done with several at once; of each only with those in a state for it. */
function Chosen({ rows, act }: { rows: readonly PageRow[]; act: Act }) {
  const of = (state: PageRow["state"]) => rows.filter((row) => row.state === state).map(({ id }) => id);
  const [success, failed, running] = [of("success"), of("failed"), of("running")];
  const removable = [...success, ...of("queued"), ...failed];
  const button = (text: string, wanted: readonly string[], action: PageAction) =>
    wanted.length === 0 ? null : <SureButton text={`${text} ${wanted.length}`} onSure={() => void act(action)} />;
  const isStarred = rows.every(({ starred, state }) => starred || state !== "success");
  return (
    <>
      {success.length === 0 ? null : (
        <button
          type="button"
          onClick={() => void act({ kind: "exp star", ids: success, star: isStarred ? "off" : "on" })}
        >
          {isStarred ? "Take the star" : "Star"} {success.length}
        </button>
      )}
      {button("Queue again", failed, { kind: "queue retry", ids: failed })}
      {button("End", running, { kind: "queue kill", ids: running, manner: "stop" })}
      {button("Remove", removable, { kind: "exp remove", ids: removable })}
    </>
  );
}

interface LiveBarProps {
  readonly live: Live;
  readonly told: LivePage;
  readonly chosen: readonly PageRow[];
}

export function LiveBar({ live, told, chosen }: LiveBarProps) {
  const { act, answer, connection, problem } = live;
  const isFree = told.access === "read and change";
  const finished = chosen.filter(({ state }) => state === "success").map(({ id }) => id);
  const text = connection === "lost" ? "Not connected: `sweepline ui` may have ended." : problem;
  return (
    <section class="bar-live" aria-label="Queue and actions">
      <p role="status" id="connection" class={text === "" ? "quiet" : "problem"}>
        {text === "" ? (isFree ? "Live" : "Live, to look at only") : text}
      </p>
      {isFree ? <Workers workers={told.queue.workers} waits={told.queue.waiting.length} act={act} /> : null}
      {told.queue.waiting.length === 0 ? null : <Waiting told={told} act={act} />}
      {chosen.length === 0 ? null : (
        <div class="controls" id="chosen">
          <span>{chosen.length} chosen:</span>
          {isFree ? <Chosen rows={chosen} act={act} /> : null}
          {finished.length === 0 ? null : (
            <a href={plotsAddress(finished)} target="_blank" rel="noopener noreferrer">
              Plots
            </a>
          )}
        </div>
      )}
      <p role="status" id="answer" class={answer.kind === "refused" ? "problem lines" : "quiet lines"}>
        {answer.text}
      </p>
    </section>
  );
}
