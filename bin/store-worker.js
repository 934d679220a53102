// The entry of a thread that hashes files.
module.exports = { work: require("../dist/store-worker.cjs").work };
