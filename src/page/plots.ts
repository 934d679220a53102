/** Draws the plots of a page that `plots show` or `plots diff` wrote. */
import { loader } from "vega";
import embed, { type VisualizationSpec } from "vega-embed";

/** Templates may come with a repository: they get no data but what the page holds. */
function offline() {
  const refuse = () => Promise.reject(new Error("plots load nothing"));
  return { ...loader(), load: refuse, sanitize: refuse, http: refuse, file: refuse };
}

async function draw(place: HTMLElement): Promise<void> {
  const text = document.getElementById(place.dataset.plot ?? "")?.textContent;
  // Settings in a template could undo ours.
  const { usermeta: _, ...spec } = JSON.parse(text ?? "{}") as Record<string, unknown>;
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  try {
    await embed(place, spec as unknown as VisualizationSpec, {
      actions: { export: true, source: false, compiled: false, editor: false },
      // Expressions are interpreted: no text of a template becomes a program.
      ast: true,
      loader: offline(),
      ...(isDark ? { theme: "dark" as const } : {}),
    });
  } catch (error) {
    place.textContent = `This plot can't be drawn: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function drawAll(): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-plot]")) void draw(place);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", drawAll);
else drawAll();
