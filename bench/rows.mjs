// A row of the table: what was asked, what was measured, and whether that is enough.

const time = (seconds) => (seconds < 1 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(2)} s`);

/** Ours against a time. */
export function secondsRow(what, seconds, most) {
  return { what, asked: `<= ${time(most)}`, ours: time(seconds), measured: seconds, ok: seconds <= most };
}

/** What a whole takes beside a part of it, against a time; both are shown. */
export function restRow(what, { whole, part, most }) {
  const rest = whole - part;
  const ours = `${time(rest)} (${time(whole)} without ${time(part)})`;
  return { what, asked: `<= ${time(most)}`, ours, measured: rest, whole, part, ok: rest <= most };
}

/** Ours against a peer's time: so many times as fast. Without the peer there is no verdict. */
export function timesRow(what, { ours, peer, least }) {
  const asked = `>= ${least}x DVC`;
  if (peer === undefined) return { what, asked, ours: time(ours), measured: ours, ok: null };
  const times = peer / ours;
  return {
    what,
    asked,
    ours: `${time(ours)} (${times.toFixed(1)}x)`,
    peer: time(peer),
    measured: times,
    ok: times >= least,
  };
}

/** Ours against ours: one way of calling it against another. */
export function fasterRow(what, { before, after }) {
  const ours = `${time(before)} to ${time(after)}`;
  return { what, asked: "faster", ours, measured: before / after, ok: after < before };
}

/** Ours against another program that has a part of the same work to do: at most so many times its time. */
export function ratioRow(what, { ours, other, most }) {
  const times = ours / other;
  return {
    what,
    asked: `<= ${most}x`,
    ours: `${time(ours)} (${times.toFixed(2)}x)`,
    peer: time(other),
    measured: times,
    ok: times <= most,
  };
}

export function memoryRow(what, megabytes, most) {
  if (megabytes === undefined)
    return { what, asked: `<= ${most} MB`, ours: "not known here", measured: null, ok: null };
  return {
    what,
    asked: `<= ${most} MB`,
    ours: `${megabytes.toFixed(0)} MB`,
    measured: megabytes,
    ok: megabytes <= most,
  };
}

export function sizeRow(what, kilobytes, most) {
  const ours = `${kilobytes.toFixed(1)} KB`;
  return { what, asked: `<= ${most} KB`, ours, measured: kilobytes, ok: kilobytes <= most };
}

export function rateRow(what, { perSecond, peerPerSecond, least }) {
  const rate = (value) => `${Math.round(value).toLocaleString("en-US")}/s`;
  const peer = peerPerSecond === undefined ? {} : { peer: `${rate(peerPerSecond)} (Hydra)` };
  return {
    what,
    asked: `>= ${rate(least)}`,
    ours: rate(perSecond),
    ...peer,
    measured: perSecond,
    ok: perSecond >= least,
  };
}

export function countRow(what, count, expected) {
  return { what, asked: `${expected}`, ours: `${count}`, measured: count, ok: count === expected };
}

export function growthRow(what, { before, after, most, unit = "MB" }) {
  if (before === undefined || after === undefined)
    return { what, asked: `<= +${most} %`, ours: "not known here", measured: null, ok: null };
  const percent = (after / before - 1) * 100;
  const ours = `${percent >= 0 ? "+" : ""}${percent.toFixed(0)} % (${before.toFixed(0)} to ${after.toFixed(0)} ${unit})`;
  return { what, asked: `<= +${most} %`, ours, measured: percent, ok: percent <= most };
}

const columns = [
  ["case", (row) => row.name],
  ["what", (row) => row.what],
  ["asked", (row) => row.asked],
  ["ours", (row) => row.ours],
  ["peer", (row) => row.peer ?? "-"],
  ["", (row) => (row.ok === null ? "not judged" : row.ok ? "ok" : "NOT OK")],
];

/** The rows as a table with aligned columns. */
export function tableOf(rows) {
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_column, index) => Math.max(...cells.map((line) => line[index].length)));
  return cells
    .map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
