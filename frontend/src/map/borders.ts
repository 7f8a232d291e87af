import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import { boundaries, of, zoomAt } from './sources';
import type { MapColours } from './theme';

/** A stroke; its width in CSS pixels of a desk screen at zoom 9. */
interface Stroke {
  colour: string;
  opacity: number;
  width: number;
}

/** Real borders are lines, the stronger the higher their level; rank 0 is the root's. */
function line(rank: number, lowest: number, colours: MapColours): Stroke {
  if (rank === lowest) return { colour: colours.border, opacity: 0.75, width: 0.5 };
  return {
    colour: colours.borderStrong,
    opacity: rank === 0 ? 0.9 : 0.7,
    width: rank === 0 ? 1.6 : 1.1,
  };
}

/**
 * A schematic map has no borders to show, and shows none: its units are tiles with gaps between them,
 * wider between those of different parents. Nobody takes it for a map of where things end.
 */
function gap(rank: number, lowest: number, colours: MapColours): Stroke {
  return { colour: colours.ground, opacity: 1, width: rank === lowest ? 1.25 : 3.5 };
}

/** How the borders of a level are drawn; widths in CSS pixels between stops of zoom. */
export interface BorderStroke {
  colour: string;
  opacity: number;
  widths: readonly (readonly [zoom: number, width: number])[];
}

export function borderStroke(
  rank: number,
  lowest: number,
  colours: MapColours,
  { scale, schematic }: { scale: number; schematic: boolean },
): BorderStroke {
  const { colour, opacity, width } = (schematic ? gap : line)(rank, lowest, colours);
  return {
    colour,
    opacity,
    widths: [
      [zoomAt(9, scale), width * scale],
      [zoomAt(13, scale), width * scale * 2.2],
    ],
  };
}

/** The borders of a level. */
export function borderLayer(
  level: string,
  { colour, opacity, widths }: BorderStroke,
): LayerSpecification {
  return {
    id: `border-${level}`,
    type: 'line',
    source: boundaries,
    'source-layer': 'borders',
    filter: of(level),
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: {
      'line-color': colour,
      'line-opacity': opacity,
      'line-width': [
        'interpolate',
        ['linear'],
        ['zoom'],
        ...widths.flat(),
      ] as unknown as ExpressionSpecification,
    },
  };
}
