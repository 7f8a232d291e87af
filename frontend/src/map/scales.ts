import type { Indicator, RankingRow, Status, Value } from '../api/types';
import { isCount } from '../format/words';
import { notApplicable, paintOf, suppressed, unknown, type Paint } from './classes';
import { diverging, sequential, statusColours, type Theme } from './palette';

/** What the map can be coloured by; the first is not written into the address. */
export const colourings = ['value', 'target', 'status'] as const;
export type Colouring = (typeof colourings)[number];

type Row = Pick<Value, 'value' | 'target' | 'status' | 'flags'>;

/** What a map needs of a unit to paint it. */
export type MapRow = Row & Pick<Value, 'unit'>;

/** How rows become classes, and classes colours. Table, map and legend take them from one scale. */
export interface Scale {
  by: Colouring;
  /** Inner bounds of the classes: values, or distances from the target path. None of statuses. */
  breaks: readonly number[];
  colours: readonly string[];
  paint: (row: Row) => Paint;
}

/** Colours by the value itself. */
export function valueScale(breaks: readonly number[], theme: Theme): Scale {
  const colours = sequential(breaks.length + 1, theme);
  return { by: 'value', breaks, colours, paint: (row) => paintOf(row, breaks) };
}

/** How far a value is on the good side of its target path, in the indicator's unit; null without either. */
export function lead(row: Row, direction: Indicator['direction']): number | null {
  if (row.value === null || row.target === null) return null;
  return direction === 'lower' ? row.target - row.value : row.value - row.target;
}

/**
 * Colours by the distance from the target path. Classes lie alike on both sides of it, a round
 * step apart, wide enough for six units of seven to lie within the outermost bounds.
 */
export function targetScale(
  rows: readonly Row[],
  direction: Indicator['direction'],
  theme: Theme,
): Scale {
  const distances = rows
    .flatMap((row) => lead(row, direction) ?? [])
    .map(Math.abs)
    .sort((a, b) => a - b);
  const step = roundStep((distances[Math.floor(distances.length * 0.85)] ?? 0) / 2);
  const breaks = [-2 * step, -step, 0, step, 2 * step];
  return {
    by: 'target',
    breaks,
    colours: diverging(theme),
    paint: (row) => paintOf({ ...row, value: lead(row, direction) }, breaks),
  };
}

/** The next of 1, 2 or 5 times a power of ten; 1 for nothing. */
function roundStep(size: number): number {
  if (!(size > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(size));
  const step = [1, 2, 5, 10].find((n) => n * power >= size) ?? 10;
  return Number((step * power).toPrecision(2));
}

/** Statuses in the order of their colours; the last class is what is not judged. */
export const judged: readonly Status[] = ['achieved', 'on_track', 'at_risk', 'behind'];

/** Colours by status. */
export function statusScale(theme: Theme): Scale {
  return { by: 'status', breaks: [], colours: statusColours(theme), paint: statusPaint };
}

function statusPaint(row: Row): Paint {
  if (row.flags.includes('suppressed')) return suppressed;
  if (row.status === 'not_applicable') return notApplicable;
  if (row.value === null) return unknown;
  const at = judged.indexOf(row.status);
  return at < 0 ? judged.length : at;
}

/** What rows of an indicator can be coloured by: a target path is needed for more than the value. */
export function colouringsOf(
  indicator: Pick<Indicator, 'formula' | 'targets'>,
): readonly Colouring[] {
  if (indicator.targets.length === 0) return ['value'];
  return isCount(indicator) ? ['value', 'status'] : colourings;
}

/** A note on a value that is there: it is painted over the colour as a pattern. */
export type Mark = 0 | 1 | 2;
export const estimatedMark: Mark = 1;
export const partialMark: Mark = 2;

/** The mark of a row: an estimated value says so before a partial one. */
export function markOf(row: Pick<Value, 'value' | 'flags'>): Mark {
  if (row.value === null) return 0;
  if (row.flags.includes('estimated')) return estimatedMark;
  return row.flags.includes('partial') ? partialMark : 0;
}

/** Area of a bubble as a share of the largest, by unit: a count is a quantity, not a class. */
export function bubbles(
  rows: readonly Pick<RankingRow, 'unit' | 'value'>[],
): ReadonlyMap<string, number> {
  const top = Math.max(0, ...rows.map((row) => row.value ?? 0)) || 1;
  return new Map(
    rows.flatMap(({ unit, value }) =>
      value !== null && value > 0 ? [[unit, Math.sqrt(value / top)] as const] : [],
    ),
  );
}

/** Radius of the largest bubble, CSS pixels of a desk screen: fewer units have more room. */
export function bubbleRadius(units: number): number {
  return units > 40 ? 16 : units > 15 ? 24 : 34;
}

/** Round counts for the key of bubbles: the largest that fits, and a quarter of it. */
export function bubbleKey(rows: readonly Pick<RankingRow, 'value'>[]): number[] {
  const top = Math.max(0, ...rows.map((row) => row.value ?? 0));
  if (top < 1) return [];
  const power = 10 ** Math.floor(Math.log10(top));
  const large = ([5, 2, 1].find((n) => n * power <= top) ?? 1) * power;
  const small = Math.max(1, large / 4);
  return large === small ? [large] : [large, Math.round(small)];
}
