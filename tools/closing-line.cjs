"use strict";
const fs = require("node:fs");

/** Jest reporter that leaves the counts of a run in a file, for the line that closes `npm test`. */
module.exports = class ClosingLine {
    onRunComplete(_contexts, results) {
        const counts = {
            passed: results.numPassedTests,
            // A file that does not even load has no tests to count, and must not look like a pass.
            failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
            skipped: results.numPendingTests + results.numTodoTests,
        };
        fs.writeFileSync(process.env.MLPLATFORM_TEST_COUNTS, JSON.stringify(counts));
    }
};
