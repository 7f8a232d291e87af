import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pulses, pulseOpacity, pulseTime } from './pulse';

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

describe('units that glow', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('are told in steps how brightly, and to go dark at the end', () => {
    const told: [string, number][] = [];
    const pulses = new Pulses(
      (code, opacity) => told.push([code, opacity]),
      () => false,
    );
    pulses.begin(['08707', '08710']);
    vi.runAllTimers();
    const of = told.filter(([code]) => code === '08710');
    expect(of.length).toBeGreaterThan(10);
    expect(of.length).toBeLessThan(pulseTime / 16 / 3);
    expect(of.at(-1)?.[1]).toBe(0);
    expect(Math.max(...of.map(([, opacity]) => opacity))).toBeGreaterThan(0.8);
  });

  it('begin anew when they change again, and stop with the map', () => {
    const told: number[] = [];
    const pulses = new Pulses(
      (_, opacity) => told.push(opacity),
      () => true,
    );
    pulses.begin(['08707']);
    vi.advanceTimersByTime(pulseTime - 100);
    pulses.begin(['08707']);
    vi.advanceTimersByTime(pulseTime - 100);
    expect(told.at(-1)).toBe(0.9);
    pulses.stop();
    const before = told.length;
    vi.runAllTimers();
    expect(told.length).toBe(before);
  });
});
