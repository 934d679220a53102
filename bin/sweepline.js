#!/usr/bin/env node
// CommonJS, as package.json beside it says: Node's loader of ES modules costs each command 15 ms.
const { main } = require("../dist/main.cjs");

void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
