/** The page as its server tells it, and what is asked of the server. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { LivePage, PageAction, PageUpdate } from "../report/page/live-contract.ts";
import { inUsualOrder, merged } from "./merge.ts";
import { askFor, askPage, listen } from "./server.ts";

export interface Live {
  /** undefined until it is there. */
  readonly told: LivePage | undefined;
  /** Why there is nothing, or nothing new. */
  readonly problem: string;
  readonly connection: "on" | "lost";
  /** What became of what was asked for last. */
  readonly answer: { readonly kind: "done" | "refused" | "asked"; readonly text: string };
  /** Answers whether it was done. */
  readonly act: (action: PageAction) => Promise<"done" | "refused">;
}

/** For each millisecond of drawing so many of rest. */
const restFactor = 2;
const shortestRestMs = 100;

function laidOver(told: LivePage, updates: readonly PageUpdate[]): LivePage {
  const page = updates.reduce(merged, told.page);
  return { ...told, page, queue: updates.findLast(({ queue }) => queue !== undefined)?.queue ?? told.queue };
}

/** Takes updates together: a sweep has more of them than anybody can look at. */
function useUpdates(change: (change: (told: LivePage | undefined) => LivePage | undefined) => void) {
  const waiting = useRef<PageUpdate[]>([]);
  const timer = useRef<number | undefined>(undefined);
  const costMs = useRef(0);
  return useCallback((update: PageUpdate) => {
    waiting.current.push(update);
    timer.current ??= window.setTimeout(
      () => {
        const start = performance.now();
        const updates = waiting.current.splice(0);
        timer.current = undefined;
        change((told) => told && laidOver(told, updates));
        requestAnimationFrame(() => {
          costMs.current = performance.now() - start;
        });
      },
      Math.max(shortestRestMs, restFactor * costMs.current),
    );
  }, []);
}

export function useLive(): Live {
  const [told, setTold] = useState<LivePage | undefined>(undefined);
  const [problem, setProblem] = useState("");
  const [connection, setConnection] = useState<Live["connection"]>("on");
  const [answer, setAnswer] = useState<Live["answer"]>({ kind: "done", text: "" });
  const [loads, setLoads] = useState(0);
  const update = useUpdates(setTold);
  useEffect(() => {
    let stop = () => {};
    let isOver = false;
    const load = async () => {
      const asked = await askPage();
      if (isOver) return;
      if (asked.kind === "refused") return setProblem(asked.why);
      const { page, at } = asked.answer;
      setTold({ ...asked.answer, page: { ...page, rows: inUsualOrder(page.rows) } });
      setProblem("");
      stop = listen(at, {
        update: (news) => {
          setProblem("");
          update(news);
        },
        reload: () => setLoads((times) => times + 1),
        problem: setProblem,
        connection: setConnection,
      });
    };
    void load();
    return () => {
      isOver = true;
      stop();
    };
  }, [loads]);
  const token = told?.token ?? "";
  const act: Live["act"] = async (action) => {
    setAnswer({ kind: "asked", text: `${action.kind}…` });
    const asked = await askFor(action, token);
    const isDone = asked.kind === "answer";
    setAnswer(isDone ? { kind: "done", text: asked.answer.done } : { kind: "refused", text: asked.why });
    return isDone ? "done" : "refused";
  };
  return { told, problem, connection, answer, act };
}
