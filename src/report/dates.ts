/** Times of commits, in the local time zone. */
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** A commit may hold any number: what is no time is the epoch, as for Git. */
function dateOf(seconds: number): Date {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}

/** 2026-11-22T04:01:46, without a zone, as DVC writes it. */
export function isoTime(seconds: number): string {
  const date = dateOf(seconds);
  const day = `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** 04:01 AM on the day itself, else Nov 22, 2026. */
export function shortTime(seconds: number, now: Date): string {
  const date = dateOf(seconds);
  if (
    date.getDate() !== now.getDate() ||
    date.getMonth() !== now.getMonth() ||
    date.getFullYear() !== now.getFullYear()
  )
    return `${months[date.getMonth()]} ${two(date.getDate())}, ${date.getFullYear()}`;
  const hour = date.getHours();
  return `${two(hour % 12 === 0 ? 12 : hour % 12)}:${two(date.getMinutes())} ${hour < 12 ? "AM" : "PM"}`;
}
