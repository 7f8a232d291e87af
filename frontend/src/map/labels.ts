import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from 'maplibre-gl';
import { labelFont } from './fonts';
import { boundaries, of, zoomAt } from './sources';
import type { MapColours } from './theme';

/** An area that is looked at, short of the whole, with the codes of the units in it. */
export interface Frame {
  code: string;
  level: string;
  members: readonly string[];
}

/**
 * Which names are written when an area is framed: those of what lies in it, and of its
 * peers; its own stands above the map. With the whole in the frame, all that fit.
 */
export function labelFilter(level: string, frame: Frame | null): FilterSpecification {
  if (frame === null) return of(level);
  if (frame.level === level) return ['all', of(level), ['!=', ['get', 'code'], frame.code]];
  return ['all', of(level), ['in', ['get', 'code'], ['literal', [...frame.members]]]];
}

/** Whether a unit's name is written; the same rule, for one unit. */
export function isNamed(unit: { code: string; level: string }, frame: Frame | null): boolean {
  if (frame === null) return true;
  if (frame.level === unit.level) return unit.code !== frame.code;
  return frame.members.includes(unit.code);
}

/** Zooms a level's names are written at. Names within a frame always are: it was asked for. */
export function labelZooms(
  level: string,
  levels: readonly string[],
  frame: Frame | null,
  scale: number,
): [number, number] {
  // Of two levels the lower one is all there is to name: nothing makes way for it.
  if (frame !== null || levels.length < 3) return [0, 24];
  // Seen as a whole, names of districts make way for those of their communes.
  return level === levels.at(-1) ? [zoomAt(10.2, scale), 24] : [0, zoomAt(11.4, scale)];
}

/** Sizes of names, CSS pixels between stops of zoom; large is their size against those of a desk. */
export function nameSizes(
  lowest: boolean,
  { scale, large }: { scale: number; large: number },
): (readonly [zoom: number, size: number])[] {
  const sizes = lowest
    ? ([
        [10, 11],
        [13, 15],
      ] as const)
    : ([
        [8, 11.5],
        [11, 16],
      ] as const);
  return sizes.map(([zoom, size]) => [zoomAt(zoom, scale), size * scale * large]);
}

/** Space between the letters of a name, ems: those of areas are set wider. */
export function letterSpacing(lowest: boolean): number {
  return lowest ? 0 : 0.02;
}

/** What keeps a name apart from what is under it, CSS pixels. */
export function halo({ scale, large }: { scale: number; large: number }): number {
  return 1.8 * scale * large;
}

/** The names of a level; large is their size against those of a desk. */
export function labelLayer(
  level: string,
  lowest: boolean,
  colours: MapColours,
  look: { scale: number; large: number },
): LayerSpecification {
  return {
    id: `label-${level}`,
    type: 'symbol',
    source: boundaries,
    'source-layer': 'labels',
    filter: of(level),
    layout: {
      'text-field': ['get', 'short_name'],
      'text-font': lowest ? labelFont.medium : labelFont.semibold,
      'text-size': [
        'interpolate',
        ['linear'],
        ['zoom'],
        ...nameSizes(lowest, look).flat(),
      ] as unknown as ExpressionSpecification,
      'text-max-width': 7,
      'text-padding': 4,
      'text-letter-spacing': letterSpacing(lowest),
      'text-variable-anchor': ['center', 'top', 'bottom'],
      'text-radial-offset': 0.4,
    },
    paint: {
      'text-color': colours.label,
      'text-halo-color': colours.halo,
      'text-halo-width': halo(look),
      'text-halo-blur': 0.25 * look.scale * look.large,
    },
  };
}
