// The entry of a worker thread.
module.exports = { runEntry: require("../dist/worker.cjs").runEntry };
