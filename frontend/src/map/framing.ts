import type { PaddingOptions } from 'maplibre-gl';

/** Width of what stands over a map at its sides (legend, buttons), CSS pixels with their margins. */
export interface Taken {
  left: number;
  right: number;
}

/** An area as west, south, east, north in degrees. */
export type Bounds = readonly [number, number, number, number];

/** How far an area may shrink for what stands over the map at its left, and at its right. */
const shrinks = { left: 0.8, right: 0.6 };

/** Width of an area by its height on a Mercator map. */
export function aspectOf([west, south, east, north]: Bounds): number {
  const y = (latitude: number): number =>
    Math.log(Math.tan(Math.PI / 4 + (latitude * Math.PI) / 360));
  return ((east - west) * Math.PI) / 180 / (y(north) - y(south));
}

/**
 * Where on a map an area goes: in the middle, but clear of what stands over the map, unless that would
 * make it too small. Aspect is the area's width by its height; sizes are CSS pixels.
 */
export function paddingFor(
  width: number,
  height: number,
  aspect: number,
  taken: Taken,
): Required<PaddingOptions> {
  const edge = Math.round(Math.min(width, height) * 0.06);
  const tall = height - 2 * edge;
  const drawn = (left: number, right: number): number =>
    Math.min(tall * aspect, width - left - right);
  const most = drawn(edge, edge);
  const right =
    drawn(edge, taken.right) < shrinks.right * most ? edge : Math.max(edge, taken.right);
  const left =
    drawn(taken.left, right) < shrinks.left * drawn(edge, right)
      ? edge
      : Math.max(edge, taken.left);
  const half = drawn(left, right) / 2;
  const middle = Math.min(Math.max(width / 2, left + half), width - right - half);
  return {
    top: edge,
    bottom: edge,
    left: Math.round(middle - half),
    right: Math.round(width - middle - half),
  };
}

/**
 * The part of a picture, along one side, that has an area in its middle: what only made room for things over the map is left
 * out. An area that is not in view as a whole is where the reader has gone: then it is all of the picture.
 */
export function centredCrop(
  side: number,
  from: number,
  to: number,
): { start: number; length: number } {
  const [before, after] = [from, side - to];
  if (before < 0 || after < 0 || from >= to) return { start: 0, length: side };
  const spare = Math.round(before - after);
  return { start: Math.max(0, spare), length: side - Math.abs(spare) };
}
