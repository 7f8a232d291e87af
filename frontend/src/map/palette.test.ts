import { describe, expect, it } from 'vitest';
import { lightness, sequential } from './palette';

describe.each(['light', 'dark'] as const)('the %s ramp', (theme) => {
  it.each([2, 3, 4, 5, 6, 7, 8, 9])('keeps its order in grey with %d classes', (n) => {
    const grey = sequential(n, theme).map(lightness);
    const steps = grey.slice(1).map((l, i) => l - (grey[i] ?? 0));
    const down = theme === 'light' ? -1 : 1;
    for (const step of steps) expect(step * down).toBeGreaterThan(0.03);
  });

  it('begins and ends at its anchors', () => {
    const colours = sequential(5, theme);
    expect(colours[0]).toBe(theme === 'light' ? '#f3e8b6' : '#2b424d');
    expect(colours[4]).toBe(theme === 'light' ? '#16396b' : '#ecefc6');
  });

  it('gives a middle colour for a single class', () => {
    expect(sequential(1, theme)).toHaveLength(1);
  });
});
