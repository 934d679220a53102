/** The page of plots: nothing in names, data or pictures becomes markup, and it runs one script only. */
import { expect, test } from "vitest";
import { plotsPage } from "../../../src/report/plots/page.ts";
import { plainToValue } from "../../../src/report/plots/render.ts";

const hostile = `</script><img src=x onerror="alert('1')">&`;

const page = (script: string, template?: string) =>
  plotsPage(
    [
      { kind: "vega", name: hostile, spec: plainToValue({ data: { values: [{ x: hostile }] }, title: hostile }) },
      { kind: "image", name: "a.svg", pictures: [{ rev: hostile, file: "a.svg", bytes: Buffer.from("<svg/>") }] },
    ],
    { script, template },
  );

test("hostile names and values stay text", () => {
  const html = page("draw()");
  expect(html).not.toContain("<img src=x");
  expect(html.match(/<\/script/g)).toHaveLength(2);
  const data = /<script type="application\/json" id="spec-0">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
  expect(JSON.parse(data)).toEqual({ data: { values: [{ x: hostile }] }, title: hostile });
  expect(html).toContain(`src="data:image/svg+xml;base64,${Buffer.from("<svg/>").toString("base64")}"`);
});

test("a policy allows the script by its hash, and no connection", async () => {
  const html = page("const a = '</script>'; draw('<!-- $& <script');");
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll("&#39;", "'") ?? "";
  const text = /<script>(.*)<\/script>\n<\/body>/s.exec(html)?.[1] ?? "";
  const hash = Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(text))).toString("base64");
  expect(policy).toContain(`default-src 'none'; script-src 'sha256-${hash}';`);
  expect(policy).not.toContain("connect-src");
  expect(text).toBe("const a = '\\x3c/script>'; draw('\\x3c!-- $& <script');");
});

test("plots go into a page of the user's, once they have a place in it", () => {
  const html = page("draw('$&')", "<main>{plot_divs}</main>{scripts}{refresh_tag}");
  expect(html).toMatch(/^<main><section>.*<\/section><\/main><script>draw\('\$&'\)<\/script>$/s);
  expect(() => page("draw()", "<main></main>")).toThrow(expect.objectContaining({ code: "PLOT_TEMPLATE" }));
});
