import { createExpression, validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { describe, expect, it } from 'vitest';
import { unknown } from './classes';
import { labelFilter, labelZooms } from './labels';
import { classColour, styleLayers, visibility, type Look } from './layers';
import type { MapColours } from './theme';

const colours: MapColours = {
  ground: '#ffffff',
  land: '#dddddd',
  border: '#ffffff',
  borderStrong: '#222222',
  label: '#000000',
  halo: '#ffffff',
  pulse: '#ff0000',
  hatch: '#888888',
  note: '#000000',
  noteEdge: '#ffffff',
  bubble: '#0000ff',
  classes: ['#111111', '#222222', '#333333'],
};
const levels = ['province', 'district', 'commune'];
const look: Look = { scale: 1, large: 1, schematic: false, radius: () => 16 };
const layers = styleLayers(levels, 'commune', colours, look);

describe('the style', () => {
  it('is valid for MapLibre', () => {
    const problems = validateStyleMin({
      version: 8,
      sources: {
        boundaries: { type: 'vector', tiles: ['http://127.0.0.1/{z}/{x}/{y}.mvt'] },
        centres: { type: 'geojson', data: { type: 'FeatureCollection', features: [] } },
      },
      layers,
    });
    expect(problems.map((p) => p.message)).toEqual([]);
  });

  it('has one layer of each kind for each coloured level', () => {
    const ids = layers.map((layer) => layer.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(
      expect.arrayContaining([...visibility(levels, 'district', new Set()).keys()]),
    );
    expect(ids).not.toContain('fill-province');
  });

  it('begins with colours, borders and names alone', () => {
    const drawn = layers.filter((layer) => layer.layout?.visibility !== 'none').map(({ id }) => id);
    expect(drawn).toEqual([
      'ground',
      'land',
      'fill-commune',
      'dim',
      'border-commune',
      'border-district',
      'border-province',
      'label-district',
      'label-commune',
    ]);
  });

  it('draws names above outlines above colours', () => {
    const at = (id: string): number => layers.findIndex((layer) => layer.id === id);
    expect(at('label-commune')).toBeGreaterThan(at('selected-commune'));
    expect(at('selected-commune')).toBeGreaterThan(at('border-province'));
    expect(at('border-province')).toBeGreaterThan(at('border-commune'));
    expect(at('border-commune')).toBeGreaterThan(at('fill-commune'));
  });
});

describe('a border', () => {
  const drawn = (id: string, schematic: boolean): unknown[] => {
    const layer = styleLayers(levels, 'commune', colours, { ...look, schematic }).find(
      (one) => one.id === id,
    );
    return layer?.type === 'line' ? [layer.paint?.['line-color']] : [];
  };

  it('is a line where it is known', () => {
    expect(drawn('border-province', false)).toEqual(['#222222']);
  });

  it('is a gap between tiles on a schematic map, which knows of none', () => {
    const ids = levels.map((level) => `border-${level}`);
    expect(ids.flatMap((id) => drawn(id, true))).toEqual(['#ffffff', '#ffffff', '#ffffff']);
  });
});

describe('the colour of a unit', () => {
  const colour = (paint: number | undefined): string => {
    const expression = createExpression(classColour(colours), 'layers[0].paint.fill-color');
    if (expression.result !== 'success') throw new Error('invalid expression');
    const feature = { type: 'Polygon' as const, properties: {} };
    const state = paint === undefined ? {} : { paint };
    return String(expression.value.evaluate({ zoom: 9 }, feature as never, state));
  };

  it('is that of its class', () => {
    expect(colour(0)).toBe('#111111');
    expect(colour(2)).toBe('#333333');
  });

  it('is bare land without data and before the first answer', () => {
    expect(colour(unknown)).toBe('#dddddd');
    expect(colour(undefined)).toBe('#dddddd');
  });
});

describe('showing a level', () => {
  const frame = { code: '247', level: 'district', members: ['08710'] };

  it('shows its colours and the borders down to it', () => {
    const visible = visibility(levels, 'district', new Set());
    expect(visible.get('fill-district')).toBe(true);
    expect(visible.get('fill-commune')).toBe(false);
    expect(visible.get('border-province')).toBe(true);
    expect(visible.get('border-commune')).toBe(false);
  });

  it('draws only the patterns and marks that some unit has', () => {
    const visible = visibility(levels, 'commune', new Set(['hatch', 'hover'] as const));
    expect(visible.get('hatch-commune')).toBe(true);
    expect(visible.get('hover-commune')).toBe(true);
    expect(visible.get('bubble-commune')).toBe(false);
    expect(visible.get('estimated-commune')).toBe(false);
    expect(visible.get('hatch-district')).toBe(false);
  });

  it('writes small names from close by, or where their area is framed', () => {
    expect(labelZooms('commune', levels, null, 1)[0]).toBeGreaterThan(9);
    expect(labelZooms('commune', levels, null, 2)[0]).toBeGreaterThan(11);
    expect(labelZooms('commune', levels, frame, 1)).toEqual([0, 24]);
    expect(labelZooms('district', levels, null, 1)[0]).toBe(0);
  });

  it('writes names of the only units below the whole from afar', () => {
    expect(labelZooms('commune', ['area', 'commune'], null, 1)).toEqual([0, 24]);
  });

  it('names what lies in the frame', () => {
    expect(JSON.stringify(labelFilter('commune', frame))).toContain('["08710"]');
    expect(JSON.stringify(labelFilter('district', frame))).toContain('"!="');
    expect(labelFilter('commune', null)).toEqual(['==', ['get', 'level'], 'commune']);
  });
});
