/**
 * Preloaded (`--require`) into a gateway under test: sets its wall clock on or back, as an administrator
 * or a time server would, without touching that of the machine. The offset in ms is read from the file
 * that LIVEVIEW_TEST_CLOCK names, at the start and at each SIGUSR2, and said on standard error.
 *
 * It shows what the gateway does when `Date.now()` jumps, of which its own clock (src/core/clock.ts) is
 * made. It does not show a jump of the kernel's clock: timers, file times, the clocks of other processes
 * and the monotonic clock go on as before.
 */
const { readFileSync } = require('node:fs');

const file = process.env.LIVEVIEW_TEST_CLOCK;
if (file !== undefined) {
  const machineNow = Date.now;
  let offsetMs = Number(readFileSync(file, 'utf8'));
  Date.now = () => machineNow() + offsetMs;
  process.on('SIGUSR2', () => {
    offsetMs = Number(readFileSync(file, 'utf8'));
    process.stderr.write(`the wall clock is set ${offsetMs} ms off\n`);
  });
}
