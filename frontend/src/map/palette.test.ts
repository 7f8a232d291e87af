import { describe, expect, it } from 'vitest';
import { diverging, lightness, sequential, statusColours } from './palette';

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

/** Full dichromacies as linear-light matrices: Machado, Oliveira and Fernandes (2009), severity 1. */
const blindness: Record<'none' | 'protanopia' | 'deuteranopia' | 'tritanopia', number[][]> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

type Eye = keyof typeof blindness;

/** The colour as an eye of this kind sees it, in linear light. */
function seen(hex: string, eye: Eye): number[] {
  const light = [1, 3, 5].map((i) => {
    const c = parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return blindness[eye].map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, k, i) => sum + k * (light[i] ?? 0), 0),
      ),
    ),
  );
}

/** How far two colours are apart for an eye: CIE 1976 difference, D65. */
function apart(a: string, b: string, eye: Eye): number {
  const lab = (hex: string): [number, number, number] => {
    const [r = 0, g = 0, bl = 0] = seen(hex, eye);
    const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
    const x = f((0.4124 * r + 0.3576 * g + 0.1805 * bl) / 0.9505);
    const y = f(0.2126 * r + 0.7152 * g + 0.0722 * bl);
    const z = f((0.0193 * r + 0.1192 * g + 0.9505 * bl) / 1.089);
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  };
  const [p, q] = [lab(a), lab(b)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  describe.each(Object.keys(blindness) as Eye[])('an eye with %s', (eye) => {
    const palettes = {
      sequential: sequential(5, theme),
      diverging: diverging(theme),
      status: statusColours(theme),
    };
    it.each(Object.entries(palettes))('tells all classes of the %s palette apart', (_, colours) => {
      const pairs = colours.flatMap((a, i) => colours.slice(i + 1).map((b) => [a, b] as const));
      for (const [a, b] of pairs) expect(apart(a, b, eye), `${a} ${b}`).toBeGreaterThan(11);
    });
  });

  it('both ends of the diverging palette stand out from its middle alike', () => {
    const l = diverging(theme).map(lightness);
    const middle = ((l[2] ?? 0) + (l[3] ?? 0)) / 2;
    expect(Math.abs(Math.abs((l[0] ?? 0) - middle) - Math.abs((l[5] ?? 0) - middle))).toBeLessThan(
      0.12,
    );
  });
});
