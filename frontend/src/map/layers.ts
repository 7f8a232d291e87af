import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from 'maplibre-gl';
import { notApplicable, suppressed, unknown } from './classes';
import { labelFont } from './fonts';
import { estimatedMark, partialMark } from './scales';

/** Colours of the map in the current theme; classes holds one colour per legend class. */
export interface MapColours {
  ground: string;
  land: string;
  border: string;
  borderStrong: string;
  label: string;
  halo: string;
  pulse: string;
  hatch: string;
  /** Of the patterns over a colour. */
  note: string;
  bubble: string;
  classes: readonly string[];
}

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

const source = 'boundaries';
const paint: ExpressionSpecification = ['coalesce', ['feature-state', 'paint'], unknown];
const of = (level: string): ExpressionSpecification => ['==', ['get', 'level'], level];

/**
 * Screens of more pixels (a wall at 4K) show the same place at a higher zoom: what is meant
 * for a zoom on a desk is meant for zoom + log2(scale) there, and lines grow with the type.
 */
const zoomAt = (zoom: number, scale: number): number => zoom + Math.log2(scale);

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

/** Layers of one level: its colours, the patterns of what is not a value, its outlines. */
function unitLayers(
  level: string,
  colours: MapColours,
  scale: number,
): {
  fills: LayerSpecification[];
  outlines: LayerSpecification[];
} {
  const base = { source, 'source-layer': 'units', filter: of(level) } as const;
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

/** Source of the middles of units, for bubbles: the tiles leave labels out where there is no room. */
export const centres = 'centres';

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

function borderLayer(
  level: string,
  rank: number,
  lowest: number,
  colours: MapColours,
  scale: number,
): LayerSpecification {
  const strong = rank < lowest;
  return {
    id: `border-${level}`,
    type: 'line',
    source,
    'source-layer': 'borders',
    filter: of(level),
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: {
      'line-color': strong ? colours.borderStrong : colours.border,
      'line-opacity': strong ? (rank === 0 ? 0.9 : 0.7) : 0.75,
      'line-width': widths(rank, lowest, scale),
    },
  };
}

function widths(rank: number, lowest: number, scale: number): ExpressionSpecification {
  const thin = scale * (rank === 0 ? 1.6 : rank < lowest ? 1.1 : 0.5);
  const stops = [zoomAt(9, scale), thin, zoomAt(13, scale), thin * 2.2];
  return ['interpolate', ['linear'], ['zoom'], ...stops] as unknown as ExpressionSpecification;
}

/** Zooms a level's names are written at. Names within a frame always are: it was asked for. */
export function labelZooms(
  level: string,
  levels: readonly string[],
  frame: Frame | null,
  scale: number,
): [number, number] {
  if (frame !== null) return [0, 24];
  // Seen as a whole, names of districts make way for those of their communes.
  return level === levels.at(-1) ? [zoomAt(10.2, scale), 24] : [0, zoomAt(11.4, scale)];
}

function labelLayer(
  level: string,
  lowest: boolean,
  colours: MapColours,
  scale: number,
): LayerSpecification {
  const sizes = (...stops: [number, number][]): ExpressionSpecification =>
    [
      'interpolate',
      ['linear'],
      ['zoom'],
      ...stops.flatMap(([zoom, size]) => [zoomAt(zoom, scale), size * scale]),
    ] as unknown as ExpressionSpecification;
  return {
    id: `label-${level}`,
    type: 'symbol',
    source,
    'source-layer': 'labels',
    filter: of(level),
    layout: {
      'text-field': ['get', 'short_name'],
      'text-font': lowest ? labelFont.medium : labelFont.semibold,
      'text-size': lowest ? sizes([10, 11], [13, 15]) : sizes([8, 11.5], [11, 16]),
      'text-max-width': 7,
      'text-padding': 4,
      'text-letter-spacing': lowest ? 0 : 0.02,
      'text-variable-anchor': ['center', 'top', 'bottom'],
      'text-radial-offset': 0.4,
    },
    paint: {
      'text-color': colours.label,
      'text-halo-color': colours.halo,
      'text-halo-width': 1.8 * scale,
      'text-halo-blur': 0.25 * scale,
    },
  };
}

/**
 * The whole style as a table of layers, bottom to top. Levels come root first; shown is the
 * level that is coloured. Scale enlarges labels for walls.
 */
export function styleLayers(
  levels: readonly string[],
  shown: string,
  colours: MapColours,
  scale: number,
  radius: (level: string) => number = () => 16,
): LayerSpecification[] {
  const root = levels[0] ?? '';
  const lowest = levels.length - 1;
  const visible = visibility(levels, shown, new Set());
  const coloured = levels.slice(1).map((level) => unitLayers(level, colours, scale));
  const layers: LayerSpecification[] = [
    { id: 'ground', type: 'background', paint: { 'background-color': colours.ground } },
    {
      id: 'land',
      type: 'fill',
      source,
      'source-layer': 'units',
      filter: of(root),
      paint: { 'fill-color': colours.land, 'fill-antialias': false },
    },
    ...coloured.flatMap((layers) => layers.fills),
    {
      id: 'dim',
      type: 'fill',
      source,
      'source-layer': 'units',
      filter: ['==', ['get', 'code'], ''],
      paint: { 'fill-color': colours.ground, 'fill-opacity': 0.78 },
    },
    ...levels.map((level, rank) => borderLayer(level, rank, lowest, colours, scale)).reverse(),
    ...coloured.flatMap((layers) => layers.outlines),
    ...levels.slice(1).map((level) => bubbleLayer(level, colours, scale, radius(level))),
    ...levels.slice(1).map((level, i) => labelLayer(level, i + 1 === lowest, colours, scale)),
  ];
  for (const layer of layers) {
    if (visible.get(layer.id) === false) layer.layout = { ...layer.layout, visibility: 'none' };
  }
  return layers;
}
