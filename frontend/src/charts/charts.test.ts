import { describe, expect, it } from 'vitest';
import { areaPath, linePath, lonePoints } from './path';
import { axisMax, barMax, barShare, linear, niceTicks } from './scale';

describe('a line with a gap', () => {
  const points = [
    { x: 0, y: 1 },
    { x: 1, y: 2 },
    { x: 2, y: null },
    { x: 3, y: 4 },
    { x: 4, y: null },
  ];
  it('is broken there, not bridged', () => {
    expect(linePath(points)).toBe('M0 1L1 2M3 4');
  });
  it('shows a value between two gaps as a dot', () => {
    expect(lonePoints(points)).toEqual([{ x: 3, y: 4 }]);
  });
  it('has an area for each piece', () => {
    expect(areaPath(points, 10)).toBe('M0 1L1 2L1 10L0 10Z');
  });
});

describe('axes', () => {
  it('map straight', () => {
    const y = linear([0, 100], [50, 0]);
    expect([y(0), y(50), y(100)]).toEqual([50, 25, 0]);
    expect(linear([3, 3], [0, 9])(3)).toBe(0);
  });
  it.each([
    [100, 4, [0, 25, 50, 75, 100]],
    [9, 3, [0, 5, 10]],
    [0, 3, [0]],
  ])('have round ticks for %d', (max, n, ticks) => {
    expect(niceTicks(max, n).slice(0, ticks.length)).toEqual(ticks);
  });
  it('reach 100 for percentages that come near it', () => {
    expect(axisMax([61, null], true)).toBe(100);
    expect(axisMax([12, null], true)).toBeLessThan(40);
    expect(axisMax([], false)).toBeGreaterThan(0);
  });
  it('are not stretched by a percentage that cannot be', () => {
    expect(axisMax([61, 940], true)).toBe(100);
  });
});

describe('bars without an axis', () => {
  it('are full at the whole for percentages, at the largest for the rest', () => {
    expect(barMax([38, 12, null], true)).toBe(100);
    expect(barMax([380, 120, null], false)).toBe(380);
  });
  it.each([
    [38, 100, '38%'],
    [940, 100, '100%'],
    [-3, 100, '0%'],
    [0, barMax([], false), '0%'],
  ])('show %d of %d as %s', (value, max, share) => {
    expect(barShare(value, max)).toBe(share);
  });
});
