import { expect, it } from 'vitest';
import { pulseOpacity, pulseTime } from './pulse';

it('glows and is gone', () => {
  expect(pulseOpacity(0, false)).toBe(0);
  expect(pulseOpacity(200, false)).toBeGreaterThan(0.5);
  expect(pulseOpacity(pulseTime, false)).toBe(0);
});

it('stays within what an opacity can be', () => {
  for (let age = 0; age <= pulseTime; age += 50) {
    expect(pulseOpacity(age, false)).toBeGreaterThanOrEqual(0);
    expect(pulseOpacity(age, false)).toBeLessThanOrEqual(1);
  }
});

it('does not flicker for those who asked for less motion', () => {
  expect(pulseOpacity(100, true)).toBe(pulseOpacity(1500, true));
});
