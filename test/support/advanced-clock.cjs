/**
 * Preloaded (`--require`) into a gateway under test: hours pass at once. Both clocks of the process, the monotonic one
 * and the wall clock, are ahead by the ms in the file that LIVEVIEW_TEST_CLOCK names, read at the start and at each
 * SIGUSR2, and said on standard error. Timers that are waiting go on as before: what looks at the clock when
 * they fire sees the time that has passed.
 */
const { readFileSync } = require('node:fs');

const file = process.env.LIVEVIEW_TEST_CLOCK;
if (file !== undefined) {
  const wallNow = Date.now;
  const monotonicNow = performance.now.bind(performance);
  let aheadMs = Number(readFileSync(file, 'utf8'));
  Date.now = () => wallNow() + aheadMs;
  performance.now = () => monotonicNow() + aheadMs;
  process.on('SIGUSR2', () => {
    aheadMs = Number(readFileSync(file, 'utf8'));
    process.stderr.write(`it is ${aheadMs} ms later\n`);
  });
}
