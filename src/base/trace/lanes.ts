/**
 * On which line of a profile a span is drawn. Spans of one line have to lie within one another or apart, or viewers draw
 * nonsense; a thread's asynchronous work overlaps as it likes. So a span is drawn on the line of the work that it belongs
 * to, and where something there overlaps it, on a spare one.
 */

interface Interval {
  readonly start: number;
  readonly end: number;
}

/** The outermost spans of one line so far, in the order of their ends. They lie apart. */
class Lane {
  private readonly outermost: Interval[] = [];

  /** Spans are added when they end, so none ends later than the new one. False where one began before it and ended within it. */
  add(span: Interval): boolean {
    let inside = this.outermost.length;
    while (inside > 0 && (this.outermost[inside - 1]?.end ?? 0) > span.start) {
      if ((this.outermost[inside - 1]?.start ?? 0) < span.start) return false;
      inside--;
    }
    this.outermost.splice(inside, Number.POSITIVE_INFINITY, span);
    return true;
  }
}

/** Above all lines that somebody asked for. */
const firstSpare = 500;

export class Lanes {
  private readonly lanes = new Map<number, Lane>();
  private readonly owned = new Set<number>();

  /** A line of its own for work that runs beside other work; give it back at its end. Line 0 is the thread's. */
  take(): number {
    let lane = 1;
    while (this.owned.has(lane)) lane++;
    this.owned.add(lane);
    return lane;
  }

  give(lane: number): void {
    this.owned.delete(lane);
  }

  /** The line for a span that has just ended: the wanted one, or a spare one where it does not fit there. */
  place(wanted: number, span: Interval): number {
    for (let lane = wanted; ; lane = Math.max(lane + 1, firstSpare)) {
      const known = this.lanes.get(lane) ?? new Lane();
      this.lanes.set(lane, known);
      if (known.add(span)) return lane;
    }
  }
}
