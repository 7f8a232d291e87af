import { describe, expect, it } from 'vitest';
import { between, cameraFor, placeOf, standingOf, tilesIn, viewOf, worldOf } from './view';

const none = { top: 0, right: 0, bottom: 0, left: 0 };

describe('the Mercator world', () => {
  it('has its middle where equator and meridian meet, and ends at 85.0511 degrees', () => {
    expect(worldOf(0, 0)).toEqual({ x: 0.5, y: 0.5 });
    expect(worldOf(180, 85.0511287798066).y).toBeCloseTo(0, 9);
    expect(worldOf(-180, 0).x).toBe(0);
  });
  it('goes there and back', () => {
    const { lng, lat } = placeOf(worldOf(105.6, 21.3));
    expect(lng).toBeCloseTo(105.6, 9);
    expect(lat).toBeCloseTo(21.3, 9);
  });
});

describe('a camera on an area', () => {
  const area = [105, 21, 106, 22] as const;
  const size = { width: 800, height: 400 };
  it('shows all of it, as large as its tighter side allows', () => {
    const view = viewOf(cameraFor(area, size, none, 20), size);
    const [north, south] = [worldOf(105, 22).y, worldOf(105, 21).y];
    expect((north - view.y) * view.scale).toBeCloseTo(0, 6);
    expect((south - view.y) * view.scale).toBeCloseTo(400, 6);
    const [west, east] = [worldOf(105, 0).x, worldOf(106, 0).x];
    expect(((west + east) / 2 - view.x) * view.scale).toBeCloseTo(400, 6);
  });
  it('keeps clear of its padding', () => {
    const view = viewOf(cameraFor(area, size, { ...none, left: 300, top: 50 }, 20), size);
    expect((worldOf(105, 22).y - view.y) * view.scale).toBeCloseTo(50, 6);
    expect((worldOf(105, 21).y - view.y) * view.scale).toBeCloseTo(400, 6);
    const [west, east] = [worldOf(105, 0).x, worldOf(106, 0).x];
    expect(((west + east) / 2 - view.x) * view.scale).toBeCloseTo(550, 6);
  });
  it('goes no closer than it may, and takes an element of no size', () => {
    expect(cameraFor(area, size, none, 7).zoom).toBe(7);
    expect(cameraFor(area, { width: 0, height: 0 }, none, 7).zoom).toBeLessThan(0);
  });
});

describe('the tiles in view', () => {
  const world = [-180, -85, 180, 85] as const;
  const at = { centre: { lng: 0, lat: 0 }, zoom: 1.4 };
  it('cover the map at the zoom below the camera', () => {
    const tiles = tilesIn(at, { width: 100, height: 100 }, world, [0, 10]);
    expect(tiles).toEqual([
      { z: 1, x: 0, y: 0 },
      { z: 1, x: 1, y: 0 },
      { z: 1, x: 0, y: 1 },
      { z: 1, x: 1, y: 1 },
    ]);
  });
  it('are only those the area has, of the zooms there are', () => {
    const size = { width: 1000, height: 1000 };
    expect(tilesIn(at, size, [1, 1, 2, 2], [0, 10])).toEqual([{ z: 1, x: 1, y: 0 }]);
    expect(tilesIn({ ...at, zoom: 12 }, size, [1, 1, 2, 2], [0, 3])[0]?.z).toBe(3);
    expect(tilesIn(at, size, [170, 60, 171, 61], [5, 9])).toEqual([]);
  });
  it('lie edge to edge', () => {
    const view = viewOf(at, { width: 100, height: 100 });
    const left = standingOf({ z: 1, x: 0, y: 0 }, 4096, view);
    const right = standingOf({ z: 1, x: 1, y: 0 }, 4096, view);
    expect(left.left + 4096 * left.unit).toBeCloseTo(right.left, 9);
    expect(right.left).toBeCloseTo(50, 9);
  });
});

it('interpolates between stops and stays at the ends', () => {
  const stops = [
    [8, 10],
    [10, 20],
  ] as const;
  expect([7, 8, 9, 10, 11].map((at) => between(stops, at))).toEqual([10, 10, 15, 20, 20]);
});
