/** Ends a run with one plain line that any tool can read, after everything that other reporters say. */
class ClosingLine {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites }) {
    // A file that could not be run is a failure too, though none of its tests was counted.
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : "";
    process.on("exit", () => console.log(`${numPassedTests} passed, ${failed} failed${skipped}`));
  }
}
module.exports = ClosingLine;
