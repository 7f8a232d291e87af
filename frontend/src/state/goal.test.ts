import { describe, expect, it } from 'vitest';
import { goalOn } from './goal';

const targets = [
  { date: '2022-02-01', value: 0 },
  { date: '2022-12-31', value: 40 },
  { date: '2023-12-31', value: 70 },
];

describe('the goal ahead', () => {
  it.each([
    ['2021-06-30', 40],
    ['2022-12-31', 40],
    ['2023-01-01', 70],
    ['2030-01-01', 70],
  ])('of a linear path on %s is %d: its start is none', (day, value) => {
    expect(goalOn(day, { targets, path: 'linear' })?.value).toBe(value);
  });
  it('of a stepped one is the first step, too', () => {
    expect(goalOn('2021-06-30', { targets, path: 'stepped' })?.value).toBe(0);
  });
  it('is the only one there is, or none', () => {
    expect(goalOn('2021-06-30', { targets: targets.slice(0, 1), path: 'linear' })?.value).toBe(0);
    expect(goalOn('2021-06-30', { targets: [], path: 'linear' })).toBeUndefined();
  });
});
