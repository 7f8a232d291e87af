// Tiles as the Mapbox decoder reads them, which shares no code with the server's writer. The
// files are four hand-drawn squares, written by the Go tests (go test ./geo -update).
import { readFileSync } from 'node:fs';
import { VectorTile, type VectorTileFeature, classifyRings } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import { describe, expect, it } from 'vitest';

function tile(name: string): VectorTile {
  const file = new URL(`../../geo/testdata/squares_${name}.mvt`, import.meta.url);
  return new VectorTile(new PbfReader(readFileSync(file)));
}

function features(of: VectorTile, layer: string): VectorTileFeature[] {
  const found = of.layers[layer];
  if (!found) throw new Error(`no layer ${layer}`);
  return Array.from({ length: found.length }, (_, i) => found.feature(i));
}

type Point = { x: number; y: number };

/** Twice the area by the surveyor's formula, positive for outer rings as MVT 2 has them. */
function area(ring: Point[]): number {
  return ring.reduce((sum, a, i) => {
    const b = ring[(i + 1) % ring.length] ?? a;
    return sum + a.x * b.y - b.x * a.y;
  }, 0);
}

const names = ['whole', 'corner', 'inside'];

describe.each(names)('tile %s', (name) => {
  it('is version 2 with layers in a fixed order', () => {
    const layers = Object.values(tile(name).layers);
    expect(['units', 'borders', 'labels'].filter((l) => layers.some((f) => f.name === l))).toEqual(
      layers.map((l) => l.name),
    );
    for (const layer of layers) {
      expect(layer.version).toBe(2);
      expect(layer.extent % 4096).toBe(0);
    }
  });

  it('keys every unit by a code that is text and unique', () => {
    const codes = features(tile(name), 'units').map((f) => f.properties['code']);
    expect(codes.every((code) => typeof code === 'string')).toBe(true);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('winds rings as the specification asks, closed and without repeated points', () => {
    for (const feature of features(tile(name), 'units')) {
      expect(feature.type).toBe(3);
      const rings = feature.loadGeometry();
      for (const ring of rings) {
        expect(ring.length).toBeGreaterThanOrEqual(4);
        expect(ring[0]).toEqual(ring.at(-1));
        ring.slice(1).forEach((p, i) => expect(p).not.toEqual(ring[i]));
      }
      for (const polygon of classifyRings(rings)) {
        polygon.forEach((ring, i) => expect(area(ring) > 0).toBe(i === 0));
      }
    }
  });

  it('stays within the tile and its buffer of a 64th', () => {
    for (const layer of Object.values(tile(name).layers)) {
      const buffer = layer.extent / 64 + 1;
      for (let i = 0; i < layer.length; i++) {
        for (const p of layer.feature(i).loadGeometry().flat()) {
          expect(Math.min(p.x, p.y)).toBeGreaterThanOrEqual(-buffer);
          expect(Math.max(p.x, p.y)).toBeLessThanOrEqual(layer.extent + buffer);
        }
      }
    }
  });
});

describe('the tile with all four squares', () => {
  const whole = tile('whole');

  it('covers its communes exactly with its districts and its province', () => {
    const sum = (level: string) =>
      features(whole, 'units')
        .filter((f) => f.properties['level'] === level)
        .flatMap((f) => f.loadGeometry())
        .reduce((total, ring) => total + area(ring), 0);
    expect(sum('commune')).toBeGreaterThan(0);
    expect(sum('district')).toBe(sum('commune'));
    expect(sum('province')).toBe(sum('commune'));
  });

  it('draws each border once', () => {
    const seen = new Set<string>();
    for (const line of features(whole, 'borders').flatMap((f) => f.loadGeometry())) {
      line.slice(1).forEach((p, i) => {
        const ends = [p, line[i] ?? p]
          .map((q) => `${q.x} ${q.y}`)
          .sort()
          .join(' to ');
        expect(seen.has(ends)).toBe(false);
        seen.add(ends);
      });
    }
    expect(features(whole, 'borders').map((f) => f.properties['level'])).toEqual([
      'commune',
      'district',
      'province',
    ]);
  });

  it('names every unit in full and in short, inside it', () => {
    const labels = features(whole, 'labels');
    const units = features(whole, 'units');
    expect(labels.length).toBe(5); // the other two stand on the tile beside
    for (const label of labels) {
      const { code, name, short_name } = label.properties;
      expect(String(name).endsWith(String(short_name))).toBe(true);
      const at = label.loadGeometry()[0]?.[0];
      const ring = units.find((u) => u.properties['code'] === code)?.loadGeometry()[0];
      if (!at || !ring) throw new Error(`no place for ${String(code)}`);
      const inside = ring.slice(1).reduce((odd, a, i) => {
        const b = ring[i] ?? a;
        const crosses =
          a.y > at.y !== b.y > at.y && at.x < ((b.x - a.x) * (at.y - a.y)) / (b.y - a.y) + a.x;
        return crosses ? !odd : odd;
      }, false);
      expect(inside, `label of ${String(code)}`).toBe(true);
    }
  });
});
