/**
 * Sequential palettes for the choropleth. One ramp of steadily changing lightness from sand
 * through teal to deep blue: order survives every common colour blindness and a grey printout.
 * In the dark the ramp runs the other way, so that more always stands out from the ground.
 */
export type Theme = 'light' | 'dark';

type Oklab = readonly [number, number, number];

const anchors: Record<Theme, readonly string[]> = {
  light: ['#f3e8b6', '#bfdcb8', '#78bdb5', '#3a93a6', '#1f668e', '#16396b'],
  dark: ['#2b424d', '#295a70', '#2a7a8b', '#4ba59f', '#94cfae', '#ecefc6'],
};

/** n colours from low to high, as #rrggbb. */
export function sequential(n: number, theme: Theme): string[] {
  const ramp = anchors[theme].map(oklabOf);
  return Array.from({ length: n }, (_, i) => hexOf(at(ramp, n === 1 ? 0.6 : i / (n - 1))));
}

const around: Record<Theme, readonly string[]> = {
  light: ['#8f3806', '#e0843f', '#f7e3c8', '#d3e6f2', '#5c9fce', '#124a80'],
  dark: ['#ffb27c', '#cf6f33', '#4a3425', '#22394a', '#3f87ba', '#a3d6ff'],
};

/**
 * Six colours around a goal, from far on the wrong side to far on the good one: orange and blue,
 * which every common colour blindness tells apart, pale (in the dark: dim) where they meet.
 */
export function diverging(theme: Theme): readonly string[] {
  return around[theme];
}

const statuses: Record<Theme, readonly string[]> = {
  light: ['#0b4f86', '#3fb091', '#f2c14e', '#b8430e', '#b9c2c4'],
  dark: ['#4f9fe0', '#7fe0c0', '#e8b53a', '#c9501c', '#4d5b5e'],
};

/** Colours of statuses on the map: achieved, on track, at risk, behind, and the rest that is not judged. */
export function statusColours(theme: Theme): readonly string[] {
  return statuses[theme];
}

/** Position 0..1 on the ramp, straight between its anchors in OKLab. */
function at(ramp: readonly Oklab[], t: number): Oklab {
  const x = t * (ramp.length - 1);
  const i = Math.min(Math.floor(x), ramp.length - 2);
  const a = ramp[i] ?? black;
  const b = ramp[i + 1] ?? black;
  const mix = (k: 0 | 1 | 2): number => a[k] + (b[k] - a[k]) * (x - i);
  return [mix(0), mix(1), mix(2)];
}

const black: Oklab = [0, 0, 0];

/** OKLab (Björn Ottosson, 2020) of an sRGB #rrggbb. */
function oklabOf(hex: string): Oklab {
  const [r, g, b] = [1, 3, 5].map((i) => linear(parseInt(hex.slice(i, i + 2), 16) / 255)) as [
    number,
    number,
    number,
  ];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function hexOf([lightness, a, b]: Oklab): string {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channels = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return `#${channels.map((c) => byte(encoded(c))).join('')}`;
}

function linear(c: number): number {
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}

function encoded(c: number): number {
  return c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055;
}

function byte(c: number): string {
  return Math.round(Math.min(1, Math.max(0, c)) * 255)
    .toString(16)
    .padStart(2, '0');
}

/** Lightness 0..1 of a #rrggbb, as the eye sees it; tests and label colours use it. */
export function lightness(hex: string): number {
  return oklabOf(hex)[0];
}
