import type { GeoJSONSourceSpecification } from 'maplibre-gl';
import type { Unit } from '../api/types';

/** The middles of units as GeoJSON points. */
export function middles(units: readonly Unit[]): GeoJSONSourceSpecification['data'] {
  return {
    type: 'FeatureCollection',
    features: units.map(({ code, level, centre: [lon = 0, lat = 0] }) => ({
      type: 'Feature',
      properties: { code, level },
      geometry: { type: 'Point', coordinates: [lon, lat] },
    })),
  };
}
