#!/usr/bin/env node
import { load } from "./load.cjs";

process.exitCode = await load("./main.cjs").main(process.argv.slice(2));
