import { describe, expect, it } from '@jest/globals';
import { type Arrival, DelayMeter } from '../../bench/delay-meter.ts';

const picture = (number: number, delayMs = 2) => ({
  sentUs: number * 40_000,
  receivedUs: number * 40_000 + delayMs * 1_000,
  seconds: number / 25,
});

function metered(...arrivals: Arrival[]): DelayMeter {
  const meter = new DelayMeter(25);
  meter.open();
  for (const arrival of arrivals) meter.arrived(arrival);
  return meter;
}

describe('the delay meter', () => {
  it('measures from sent to received, picture by picture', () => {
    const { delaysMs } = metered(picture(1, 2), picture(2, 3.5)).figures();
    expect(delaysMs).toEqual([2, 3.5]);
  });

  it('counts only what arrives while it is open', async () => {
    const meter = new DelayMeter(25);
    meter.arrived(picture(1));
    await meter.begun;
    meter.open();
    meter.arrived(picture(2));
    meter.close();
    meter.arrived(picture(3));
    expect(meter.figures().delaysMs).toHaveLength(1);
  });

  it('finds the pictures that are missing in between, however late the others come', () => {
    expect(metered(picture(1), picture(2, 90), picture(3, 1)).figures().lost).toBe(0);
    expect(metered(picture(1), picture(4), picture(5), picture(7)).figures().lost).toBe(3);
  });

  it('takes a time that is rounded for the same time', () => {
    const rounded = { ...picture(2), seconds: 2 / 25 + 0.004 };
    expect(metered(picture(1), rounded, picture(3)).figures().lost).toBe(0);
  });

  it('counts pictures that do not tell when they were sent, and leaves them out', () => {
    const figures = metered(picture(1), { ...picture(2), sentUs: undefined }).figures();
    expect(figures).toMatchObject({ delaysMs: [2], unstamped: 1, lost: 0 });
  });

  it('tells how long the camera itself sent nothing', () => {
    const late = { ...picture(3), sentUs: 3 * 40_000 + 200_000, receivedUs: 3 * 40_000 + 201_000 };
    expect(metered(picture(1), picture(2), late).figures().longestPauseMs).toBe(240);
  });
});
