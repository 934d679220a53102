/** A report: the page and its data in one file. */
import { render } from "preact";
import type { PageData } from "../report/page/contract.ts";
import { App } from "./app.tsx";

const [place, data] = [document.getElementById("page"), document.getElementById("page-data")?.textContent];
if (place !== null && data) render(<App data={JSON.parse(data) as PageData} />, place);
