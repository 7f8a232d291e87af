import type { PaddingOptions } from 'maplibre-gl';
import type { Camera } from '../cameras';
import type { Bounds } from '../framing';

/** Side of a tile at its own zoom, CSS pixels, as vector tiles are shown. */
const tileSide = 512;

/** Size of a map on the page, CSS pixels. */
export interface Size {
  width: number;
  height: number;
}

/** A point of the Mercator world as a square: both coordinates from 0 to 1, y grows to the south. */
export interface World {
  x: number;
  y: number;
}

/** What a map shows: the world point at its top left corner, and how many CSS pixels the world is wide. */
export interface View extends World {
  scale: number;
}

/** A tile of the pyramid. */
export interface TileAddress {
  z: number;
  x: number;
  y: number;
}

/** Spherical Mercator (EPSG:3857) of a position in degrees. */
export function worldOf(longitude: number, latitude: number): World {
  const phi = (latitude * Math.PI) / 180;
  return {
    x: longitude / 360 + 0.5,
    y: 0.5 - Math.log(Math.tan(Math.PI / 4 + phi / 2)) / (2 * Math.PI),
  };
}

/** The position in degrees of a world point. */
export function placeOf({ x, y }: World): { lng: number; lat: number } {
  const phi = 2 * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - Math.PI / 2;
  return { lng: (x - 0.5) * 360, lat: (phi * 180) / Math.PI };
}

/** The camera that shows an area as large as the padding leaves room for, as MapLibre's fitBounds has it. */
export function cameraFor(
  [west, south, east, north]: Bounds,
  { width, height }: Size,
  padding: Required<PaddingOptions>,
  maxZoom: number,
): Camera {
  const [from, to] = [worldOf(west, north), worldOf(east, south)];
  const room = {
    x: Math.max(1, width - padding.left - padding.right),
    y: Math.max(1, height - padding.top - padding.bottom),
  };
  const scale = Math.min(room.x / (to.x - from.x), room.y / (to.y - from.y));
  const zoom = Math.min(Math.log2(scale / tileSide), maxZoom);
  const side = tileSide * 2 ** zoom;
  return {
    centre: placeOf({
      x: (from.x + to.x) / 2 - (padding.left - padding.right) / 2 / side,
      y: (from.y + to.y) / 2 - (padding.top - padding.bottom) / 2 / side,
    }),
    zoom,
  };
}

/** What a camera shows on a map of a size. */
export function viewOf({ centre, zoom }: Camera, { width, height }: Size): View {
  const scale = tileSide * 2 ** zoom;
  const { x, y } = worldOf(centre.lng, centre.lat);
  return { x: x - width / 2 / scale, y: y - height / 2 / scale, scale };
}

/** The tiles in view, of the zoom below the camera's, that the tiles of an area can have. */
export function tilesIn(
  camera: Camera,
  size: Size,
  [west, south, east, north]: Bounds,
  [minZoom, maxZoom]: readonly [number, number],
): TileAddress[] {
  const z = Math.min(Math.max(Math.floor(camera.zoom), minZoom), maxZoom);
  const side = 2 ** z;
  const view = viewOf(camera, size);
  const [from, to] = [worldOf(west, north), worldOf(east, south)];
  const first = (seen: number, there: number): number => Math.floor(Math.max(seen, there) * side);
  const last = (seen: number, there: number): number => Math.ceil(Math.min(seen, there) * side) - 1;
  const tiles: TileAddress[] = [];
  const right = last(view.x + size.width / view.scale, to.x);
  const bottom = last(view.y + size.height / view.scale, to.y);
  for (let y = first(view.y, from.y); y <= bottom; y++)
    for (let x = first(view.x, from.x); x <= right; x++) tiles.push({ z, x, y });
  return tiles;
}

/** How a tile lies on the map: its top left corner, and the length of one of its units, CSS pixels. */
export function standingOf(
  { z, x, y }: TileAddress,
  extent: number,
  view: View,
): { left: number; top: number; unit: number } {
  const side = view.scale / 2 ** z;
  return {
    left: x * side - view.x * view.scale,
    top: y * side - view.y * view.scale,
    unit: side / extent,
  };
}

/** A value between stops, as a linear interpolation of a style has it: that of the first before it, of the last behind it. */
export function between(stops: readonly (readonly [number, number])[], at: number): number {
  const next = stops.findIndex(([stop]) => at < stop);
  const [stop, value] = stops[next < 0 ? stops.length - 1 : next] ?? [0, 0];
  const before = next > 0 ? stops[next - 1] : undefined;
  if (!before) return value;
  return before[1] + ((value - before[1]) * (at - before[0])) / (stop - before[0]);
}
