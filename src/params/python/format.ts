import type { Format } from "../format.ts";
export declare const pythonFormat: Format;
