import { Map as MapLibre } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { BoundarySet, RankingRow } from '../../src/api/types';

/** The choropleth anybody writes with the library, of the same units and figures: the floor of the bench on the first load. */
async function ask<T>(path: string): Promise<T> {
  const answer = await fetch(`/api/v1/${path}`);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return ((await answer.json()) as { data: T }).data;
}

const sets = await ask<BoundarySet[]>('boundaries');
const set = sets.find((one) => one.in_use);
if (!set) throw new Error('no boundary set is in use');
const rows = await ask<RankingRow[]>(
  `indicators/vneid_rate/ranking?level=commune&within=${set.root}`,
);
const source = { source: 'units', 'source-layer': 'units' } as const;
const [west = 0, south = 0, east = 0, north = 0] = set.bounds;
const map = new MapLibre({
  container: 'map',
  bounds: [west, south, east, north],
  attributionControl: false,
  style: {
    version: 8,
    sources: {
      units: {
        type: 'vector',
        tiles: [location.origin + set.tiles],
        minzoom: set.min_zoom,
        maxzoom: set.max_zoom,
        promoteId: 'code',
      },
    },
    layers: [
      {
        ...source,
        id: 'fill',
        type: 'fill',
        filter: ['==', ['get', 'level'], 'commune'],
        paint: {
          'fill-color': [
            'interpolate',
            ['linear'],
            ['coalesce', ['feature-state', 'value'], 0],
            0,
            '#f3e8b6',
            50,
            '#16396b',
          ],
        },
      },
      {
        ...source,
        id: 'line',
        type: 'line',
        filter: ['==', ['get', 'level'], 'commune'],
        paint: { 'line-color': '#ffffff' },
      },
    ],
  },
});
map.on('load', () => {
  for (const { unit, value } of rows) {
    map.setFeatureState({ source: 'units', sourceLayer: 'units', id: unit }, { value: value ?? 0 });
  }
});
