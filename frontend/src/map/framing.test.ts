import { describe, expect, it } from 'vitest';
import { aspectOf, centredCrop, paddingFor } from './framing';

const nothing = { left: 0, right: 0 };

describe('where an area goes on a map', () => {
  it('is the middle when nothing stands over the map', () => {
    const { left, right, top } = paddingFor(1000, 500, 1, nothing);
    expect(left).toBe(right);
    expect(top).toBe(30);
  });

  it('is still the middle when what stands there leaves room', () => {
    const { left, right } = paddingFor(1000, 500, 1, { left: 200, right: 60 });
    expect(left).toBe(right);
  });

  it('is beside the legend when the middle runs under it', () => {
    const { left, right } = paddingFor(680, 430, 1, { left: 190, right: 60 });
    expect(left).toBe(190);
    expect(right).toBeGreaterThanOrEqual(60);
  });

  it('leaves the buttons of a phone free, and is smaller for it', () => {
    const { left, right } = paddingFor(374, 320, 1.05, { left: 0, right: 68 });
    expect(right).toBe(68);
    expect(374 - left - right).toBeGreaterThan(260);
  });

  it('runs under a legend that would leave it too little', () => {
    const { left } = paddingFor(500, 430, 1.4, { left: 260, right: 60 });
    expect(left).toBe(26);
  });

  it('never leaves less than nothing', () => {
    const { left, right, top, bottom } = paddingFor(40, 30, 1, { left: 190, right: 60 });
    expect(left + right).toBeLessThan(40);
    expect(top + bottom).toBeLessThan(30);
  });
});

describe('the shape of an area', () => {
  it('is square on the equator and upright in the north', () => {
    expect(aspectOf([0, -1, 2, 1])).toBeCloseTo(1, 3);
    expect(aspectOf([0, 59, 2, 61])).toBeCloseTo(0.5, 2);
  });
});

describe('what of a map goes onto a picture', () => {
  it('has the area in its middle: the place of the legend is left out', () => {
    expect(centredCrop(1000, 400, 900)).toEqual({ start: 300, length: 700 });
    expect(centredCrop(1000, 100, 700)).toEqual({ start: 0, length: 800 });
    expect(centredCrop(1000, 200, 800)).toEqual({ start: 0, length: 1000 });
  });

  it('is all of it where the reader has gone closer', () => {
    expect(centredCrop(1000, -50, 900)).toEqual({ start: 0, length: 1000 });
    expect(centredCrop(1000, 100, 1100)).toEqual({ start: 0, length: 1000 });
  });
});
