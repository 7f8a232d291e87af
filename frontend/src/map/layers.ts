import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import { borderLayer, borderStroke } from './borders';
import { notApplicable, suppressed, unknown } from './classes';
import { labelLayer } from './labels';
import type { UnitMapOptions } from './options';
import { bubbleRadius, estimatedMark, partialMark } from './scales';
import { boundaries, centres, of } from './sources';
import type { MapColours } from './theme';

/** Names of the pattern images the canvas adds (patterns.ts draws them). */
export const patterns = {
  hatch: 'hatch',
  dots: 'dots',
  cross: 'cross',
  estimated: 'estimated',
  partial: 'partial',
} as const;

/** A pattern of the map, and which paints or marks it lies on. */
interface PatternLayer {
  image: keyof typeof patterns;
  state: 'paint' | 'mark';
  is: number;
}

/** What is not a value has a pattern instead of a colour; a note on a value one over it. */
export const patternLayers: readonly PatternLayer[] = [
  { image: 'hatch', state: 'paint', is: unknown },
  { image: 'dots', state: 'paint', is: notApplicable },
  { image: 'cross', state: 'paint', is: suppressed },
  { image: 'estimated', state: 'mark', is: estimatedMark },
  { image: 'partial', state: 'mark', is: partialMark },
];

const paint: ExpressionSpecification = ['coalesce', ['feature-state', 'paint'], unknown];
const flag = (name: string): ExpressionSpecification => [
  'case',
  ['boolean', ['feature-state', name], false],
  1,
  0,
];

/** How brightly a unit glows, 0 to 1. */
const pulse: ExpressionSpecification = ['coalesce', ['feature-state', 'pulse'], 0];

/** The colour of a unit by its class; everything that is not a value lies on bare land. */
export function classColour(colours: MapColours): ExpressionSpecification | string {
  if (colours.classes.length === 0) return colours.land;
  const steps = colours.classes.flatMap((colour, i) => [i, colour]);
  return ['match', paint, ...steps, colours.land] as unknown as ExpressionSpecification;
}

/** What is drawn of a level beside its colours, and only once some unit needs it. */
const marks = ['hover', 'selected', 'pulse', 'bubble'] as const;
export type Extra = (typeof marks)[number] | PatternLayer['image'];

/**
 * Which layers are visible when a level is shown: its colours, borders down to it, and what is needed of the rest: to draw
 * what no unit has would be work for nothing in every frame.
 */
export function visibility(
  levels: readonly string[],
  shown: string,
  needed: ReadonlySet<Extra>,
): Map<string, boolean> {
  const visible = new Map<string, boolean>();
  levels.forEach((level, rank) => {
    visible.set(`border-${level}`, rank <= levels.indexOf(shown));
    if (rank === 0) return;
    visible.set(`fill-${level}`, level === shown);
    for (const extra of [...marks, ...patternLayers.map(({ image }) => image)]) {
      visible.set(`${extra}-${level}`, level === shown && needed.has(extra));
    }
  });
  return visible;
}

/** Layers of one level: its colours, the patterns of what is not a value, its outlines. */
function unitLayers(
  level: string,
  colours: MapColours,
  scale: number,
): {
  fills: LayerSpecification[];
  outlines: LayerSpecification[];
} {
  const base = { source: boundaries, 'source-layer': 'units', filter: of(level) } as const;
  const pattern = ({ image, state, is }: PatternLayer): LayerSpecification => ({
    ...base,
    id: `${image}-${level}`,
    type: 'fill',
    paint: {
      'fill-antialias': false,
      'fill-pattern': patterns[image],
      'fill-opacity': [
        'match',
        state === 'paint' ? paint : ['coalesce', ['feature-state', 'mark'], 0],
        is,
        1,
        0,
      ],
    },
  });
  // What no unit has is a line of no width: one of full width that cannot be seen is drawn all the same.
  const outline = (
    id: string,
    state: string,
    colour: string,
    width: number,
  ): LayerSpecification => ({
    ...base,
    id,
    type: 'line',
    layout: { 'line-join': 'round' },
    paint: { 'line-color': colour, 'line-width': ['*', flag(state), width * scale] },
  });
  return {
    fills: [
      {
        ...base,
        id: `fill-${level}`,
        type: 'fill',
        paint: { 'fill-color': classColour(colours), 'fill-antialias': true },
      },
      ...patternLayers.map(pattern),
    ],
    outlines: [
      outline(`hover-${level}`, 'hover', colours.borderStrong, 2),
      outline(`selected-${level}`, 'selected', colours.label, 3),
      {
        ...base,
        id: `pulse-${level}`,
        type: 'line',
        layout: { 'line-join': 'round' },
        paint: {
          'line-color': colours.pulse,
          'line-width': ['case', ['>', pulse, 0], 5 * scale, 0],
          'line-blur': 1.5 * scale,
          'line-opacity': pulse,
        },
      },
    ],
  };
}

/** Bubbles of a level: their state is the radius as a share of the largest, none of it no bubble. */
function bubbleLayer(
  level: string,
  colours: MapColours,
  scale: number,
  radius: number,
): LayerSpecification {
  const size: ExpressionSpecification = ['coalesce', ['feature-state', 'size'], 0];
  return {
    id: `bubble-${level}`,
    type: 'circle',
    source: centres,
    filter: of(level),
    paint: {
      'circle-radius': ['*', size, radius * scale],
      'circle-color': colours.bubble,
      'circle-opacity': ['case', ['>', size, 0], 0.72, 0],
      'circle-stroke-color': colours.halo,
      'circle-stroke-width': scale,
      'circle-stroke-opacity': ['case', ['>', size, 0], 1, 0],
    },
  };
}

/** How large things are drawn, against a desk screen, and what kind of drawing it is. */
export interface Look {
  /** Of type and lines. */
  scale: number;
  /** Of names beside the other type: a wall is read from across the room. */
  large: number;
  /** Whether the units are drawn from their centres and areas alone. */
  schematic: boolean;
  /** Of the largest bubble of a level, CSS pixels. */
  radius: (level: string) => number;
}

/** How things are drawn on a map: bubbles are as large as the units of their level leave room for. */
export function lookOf({ scale, large, units, boundaries }: UnitMapOptions): Look {
  return {
    scale,
    large,
    schematic: boundaries.schematic,
    radius: (of) => bubbleRadius(units.filter(({ level }) => level === of).length),
  };
}

/**
 * The whole style as a table of layers, bottom to top. Levels come root first; shown is the
 * level that is coloured.
 */
export function styleLayers(
  levels: readonly string[],
  shown: string,
  colours: MapColours,
  look: Look,
): LayerSpecification[] {
  const { scale, radius } = look;
  const root = levels[0] ?? '';
  const lowest = levels.length - 1;
  const visible = visibility(levels, shown, new Set());
  const coloured = levels.slice(1).map((level) => unitLayers(level, colours, scale));
  const layers: LayerSpecification[] = [
    { id: 'ground', type: 'background', paint: { 'background-color': colours.ground } },
    {
      id: 'land',
      type: 'fill',
      source: boundaries,
      'source-layer': 'units',
      filter: of(root),
      paint: { 'fill-color': colours.land, 'fill-antialias': false },
    },
    ...coloured.flatMap((layers) => layers.fills),
    {
      id: 'dim',
      type: 'fill',
      source: boundaries,
      'source-layer': 'units',
      filter: ['==', ['get', 'code'], ''],
      paint: { 'fill-color': colours.ground, 'fill-opacity': 0.78 },
    },
    ...levels
      .map((level, rank) => borderLayer(level, borderStroke(rank, lowest, colours, look)))
      .reverse(),
    ...coloured.flatMap((layers) => layers.outlines),
    ...levels.slice(1).map((level) => bubbleLayer(level, colours, scale, radius(level))),
    ...levels.slice(1).map((level, i) => labelLayer(level, i + 1 === lowest, colours, look)),
  ];
  for (const layer of layers) {
    if (visible.get(layer.id) === false) layer.layout = { ...layer.layout, visibility: 'none' };
  }
  return layers;
}
