/** What somebody looks at: kept in the address, so that it can be sent and comes back after a reload. */

/** Of an axis that was brushed: what lies in one of these is chosen. */
export type Intervals = readonly (readonly [number, number])[];

export interface View {
  /** A condition in the words of --where. */
  readonly where: string;
  readonly search: string;
  /** A column, or one of name, state and created. */
  readonly sort: string;
  readonly order: "asc" | "desc";
  /** Columns that are shown or hidden against what is usual. */
  readonly shown: ReadonlySet<string>;
  readonly hidden: ReadonlySet<string>;
  /** "" where the page chooses. */
  readonly metric: string;
  readonly x: string;
  readonly y: string;
  readonly curve: string;
  /** The row that is looked at alone, where the page lives. */
  readonly open: string;
  readonly chosen: ReadonlySet<string>;
  readonly brush: ReadonlyMap<string, Intervals>;
}

export const startView: View = {
  where: "",
  search: "",
  sort: "",
  order: "desc",
  shown: new Set(),
  hidden: new Set(),
  metric: "",
  x: "",
  y: "",
  curve: "",
  open: "",
  chosen: new Set(),
  brush: new Map(),
};

const texts = ["where", "search", "sort", "metric", "x", "y", "curve", "open"] as const;
const sets = ["shown", "hidden", "chosen"] as const;

/** The part behind `#`; "" for the view that the page starts with. */
export function viewHash(view: View): string {
  const words = new URLSearchParams();
  for (const name of texts) if (view[name] !== "") words.set(name, view[name]);
  if (view.order !== startView.order) words.set("order", view.order);
  for (const name of sets) for (const item of view[name]) words.append(name, item);
  for (const [key, intervals] of view.brush)
    words.append("brush", JSON.stringify([key, ...intervals.map(([from, to]) => [from, to])]));
  return words.toString();
}

function brushed(text: string): readonly [string, Intervals] | undefined {
  try {
    const [key, ...intervals] = JSON.parse(text) as readonly unknown[];
    const isInterval = (each: unknown): each is [number, number] =>
      Array.isArray(each) && each.length === 2 && each.every((end) => typeof end === "number");
    return typeof key === "string" && intervals.every(isInterval) ? [key, intervals] : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

/** The other way round; what means nothing is left out. */
export function viewOf(hash: string): View {
  const words = new URLSearchParams(hash.replace(/^#/, ""));
  const text = (name: (typeof texts)[number]) => words.get(name) ?? "";
  const set = (name: (typeof sets)[number]) => new Set(words.getAll(name));
  return {
    where: text("where"),
    search: text("search"),
    sort: text("sort"),
    order: words.get("order") === "asc" ? "asc" : "desc",
    metric: text("metric"),
    x: text("x"),
    y: text("y"),
    curve: text("curve"),
    open: text("open"),
    shown: set("shown"),
    hidden: set("hidden"),
    chosen: set("chosen"),
    brush: new Map(words.getAll("brush").flatMap((each) => [brushed(each)].filter((found) => found !== undefined))),
  };
}
