import { PbfWriter } from 'pbf';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readTile } from './tile';
import { Tiles } from './tiles';

/** Notes what is drawn; there are no paths without a browser. */
class Path {
  readonly steps: string[] = [];
  moveTo(x: number, y: number): void {
    this.steps.push(`M${x},${y}`);
  }
  lineTo(x: number, y: number): void {
    this.steps.push(`L${x},${y}`);
  }
  closePath(): void {
    this.steps.push('Z');
  }
}
beforeEach(() => vi.stubGlobal('Path2D', Path));
afterEach(() => vi.unstubAllGlobals());

const steps = (path: unknown): string => (path as Path).steps.join(' ');
const zigzag = (n: number): number => (n << 1) ^ (n >> 31);

interface Feature {
  kind: 1 | 2 | 3;
  line: [number, number][];
  properties: Record<string, string>;
}

/** A layer of a vector tile (Mapbox Vector Tile Specification 2.1, 4.1 to 4.4) of one line or ring each. */
function writeLayer(layer: { name: string; features: Feature[] }, to: PbfWriter): void {
  const keys = [...new Set(layer.features.flatMap((one) => Object.keys(one.properties)))];
  const values = [...new Set(layer.features.flatMap((one) => Object.values(one.properties)))];
  to.writeVarintField(15, 2);
  to.writeStringField(1, layer.name);
  for (const feature of layer.features) {
    to.writeMessage(
      2,
      (one: Feature, pbf: PbfWriter) => {
        const tags = Object.entries(one.properties);
        pbf.writePackedVarint(
          2,
          tags.flatMap(([key, value]) => [keys.indexOf(key), values.indexOf(value)]),
        );
        pbf.writeVarintField(3, one.kind);
        pbf.writePackedVarint(4, commands(one));
      },
      feature,
    );
  }
  for (const key of keys) to.writeStringField(3, key);
  for (const value of values) {
    to.writeMessage(4, (text: string, pbf: PbfWriter) => pbf.writeStringField(1, text), value);
  }
  to.writeVarintField(5, 4096);
}

function commands({ kind, line }: Feature): number[] {
  const out: number[] = [];
  let [x, y] = [0, 0];
  line.forEach((at, i) => {
    if (i === 0) out.push((1 << 3) | 1);
    if (i === 1) out.push(((line.length - 1) << 3) | 2);
    out.push(zigzag(at[0] - x), zigzag(at[1] - y));
    [x, y] = at;
  });
  if (kind === 3) out.push((1 << 3) | 7);
  return out;
}

function tileOf(layers: { name: string; features: Feature[] }[]): ArrayBuffer {
  const pbf = new PbfWriter();
  for (const layer of layers) pbf.writeMessage(3, writeLayer, layer);
  return pbf.finish().slice().buffer;
}

const square: [number, number][] = [
  [0, 0],
  [100, 0],
  [100, 50],
];
const label = (code: string, at: [number, number]): Feature => ({
  kind: 1,
  line: [at],
  properties: { code, level: 'commune', name: `Xã ${code}`, short_name: code },
});
const address = { z: 9, x: 406, y: 225 };
const bytes = tileOf([
  {
    name: 'units',
    features: [{ kind: 3, line: square, properties: { code: '08740', level: 'commune' } }],
  },
  {
    name: 'borders',
    features: [
      { kind: 2, line: square.slice(0, 2), properties: { level: 'commune' } },
      { kind: 2, line: square.slice(1, 3), properties: { level: 'commune' } },
      { kind: 2, line: square.slice(0, 2), properties: { level: 'province' } },
    ],
  },
  { name: 'labels', features: [label('08740', [10, 20]), label('00001', [-3, 20])] },
]);

describe('a tile', () => {
  it('has its units with the boxes around them', () => {
    const [piece, ...others] = readTile(bytes, address).pieces;
    expect(others).toEqual([]);
    expect(piece).toMatchObject({ code: '08740', level: 'commune', box: [0, 0, 100, 50] });
    expect(steps(piece?.area)).toMatch(/^M0,0 L100,0 L100,50.* Z$/);
  });
  it('has one path for the borders of a level', () => {
    const { borders } = readTile(bytes, address);
    expect(steps(borders.get('commune'))).toBe('M0,0 L100,0 M100,0 L100,50');
    expect(steps(borders.get('province'))).toBe('M0,0 L100,0');
  });
  it('has the names that stand in it, not those of its margin', () => {
    expect(readTile(bytes, address).names).toEqual([
      { code: '08740', level: 'commune', name: '08740', x: 10, y: 20 },
    ]);
  });
  it('may be empty', () => {
    expect(readTile(new ArrayBuffer(0), address)).toMatchObject({ pieces: [], names: [] });
  });
});

describe('tiles', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('are fetched once, and again when they did not come', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const fetch = vi
      .fn<(path: string) => Promise<Response>>()
      .mockResolvedValueOnce(new Response(null, { status: 503 }))
      .mockImplementation(() => Promise.resolve(new Response(bytes)));
    vi.stubGlobal('fetch', fetch);
    const come = vi.fn<() => void>();
    const tiles = new Tiles('/tiles/vp/{z}/{x}/{y}.mvt?v=1', come);
    expect(tiles.get([address])).toEqual([]);
    expect(tiles.get([address])).toEqual([]);
    await vi.waitFor(() => expect(console.warn).toHaveBeenCalledOnce());
    expect(fetch.mock.calls.map(([path]) => path)).toEqual(['/tiles/vp/9/406/225.mvt?v=1']);
    expect(come).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(5000);
    expect(come).toHaveBeenCalledOnce();
    tiles.get([address]);
    await vi.waitFor(() => expect(come).toHaveBeenCalledTimes(2));
    expect(tiles.get([address])).toHaveLength(1);
    expect(fetch).toHaveBeenCalledTimes(2);
    tiles.stop();
  });
});
