import { VectorTile, type VectorTileFeature, type VectorTileLayer } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import type { TileAddress } from './view';

/** A unit, or the part of one that lies in a tile; coordinates are the tile's. */
export interface Piece {
  code: string;
  level: string;
  area: Path2D;
  /** Smallest and largest coordinates. */
  box: readonly [left: number, top: number, right: number, bottom: number];
}

/** A place for a unit's name. */
export interface NamePlace {
  code: string;
  level: string;
  name: string;
  x: number;
  y: number;
}

/** A tile, ready to be drawn. */
export interface Tile {
  address: TileAddress;
  /** Length of its side in its own coordinates. */
  extent: number;
  pieces: readonly Piece[];
  /** Borders by level. */
  borders: ReadonlyMap<string, Path2D>;
  names: readonly NamePlace[];
}

const text = (feature: VectorTileFeature, name: string): string =>
  String(feature.properties[name] ?? '');

/** The features of a layer, none of one that is not there. */
function featuresOf(layer: VectorTileLayer | undefined): VectorTileFeature[] {
  return layer ? Array.from({ length: layer.length }, (_, i) => layer.feature(i)) : [];
}

/** Reads a Mapbox vector tile of the server: its layers are units, borders and labels. Throws on bytes that are none. */
export function readTile(bytes: ArrayBuffer, address: TileAddress): Tile {
  const { units, borders, labels } = new VectorTile(new PbfReader(bytes)).layers;
  const extent = units?.extent ?? 4096;
  const lines = new Map<string, Path2D>();
  for (const feature of featuresOf(borders)) {
    const level = text(feature, 'level');
    const line = lines.get(level) ?? new Path2D();
    trace(line, feature, false);
    lines.set(level, line);
  }
  return {
    address,
    extent,
    borders: lines,
    pieces: featuresOf(units).map(pieceOf),
    // A name in the margin of a tile is within its neighbour.
    names: featuresOf(labels).flatMap((feature) => {
      const { x = -1, y = -1 } = feature.loadGeometry()[0]?.[0] ?? {};
      if (x < 0 || y < 0 || x >= extent || y >= extent) return [];
      const [code, level] = [text(feature, 'code'), text(feature, 'level')];
      return { code, level, name: text(feature, 'short_name'), x, y };
    }),
  };
}

function pieceOf(feature: VectorTileFeature): Piece {
  const area = new Path2D();
  const box = trace(area, feature, true);
  return { code: text(feature, 'code'), level: text(feature, 'level'), area, box };
}

/** Adds a feature's lines to a path, and gives the box around them. */
function trace(path: Path2D, feature: VectorTileFeature, closed: boolean): Piece['box'] {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const line of feature.loadGeometry()) {
    line.forEach(({ x, y }, i) => {
      if (i === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    });
    if (closed) path.closePath();
  }
  return [left, top, right, bottom];
}
