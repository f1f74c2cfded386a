/** Prints the last line of a run in a form that any reader can count: `N passed, N failed, N skipped`. */
export default class ClosingLine {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    process.on('exit', () => {
      process.stdout.write(
        `${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`,
      );
    });
  }
}
