import type { Indicator, Value } from '../api/types';
import { isCount } from '../format/words';

/**
 * What a unit is painted as: the index of its class from 0, or one of the words that are
 * not a value. They are numbers below zero because feature-state goes through expressions.
 */
export type Paint = number;

export const unknown: Paint = -1; // no data: not zero, its own pattern
export const notApplicable: Paint = -2;
export const suppressed: Paint = -3;

/** Class of a value: n breaks make n+1 classes, a value equal to a break belongs above it. */
export function classOf(value: number, breaks: readonly number[]): Paint {
  const above = breaks.findIndex((b) => value < b);
  return above < 0 ? breaks.length : above;
}

/**
 * Class breaks for these rows: the indicator's own, except for a total whose breaks are made
 * for another level and put every unit into one class; then rounded fifths of the units.
 */
export function breaksFor(
  indicator: Pick<Indicator, 'formula' | 'legend'>,
  rows: readonly Pick<Value, 'value'>[],
): readonly number[] {
  return isCount(indicator) ? telling(indicator.legend.breaks, rows) : indicator.legend.breaks;
}

/** These breaks, unless they put every unit into one class and tell nothing; then rounded fifths of the units. */
export function telling(
  own: readonly number[],
  rows: readonly Pick<Value, 'value'>[],
): readonly number[] {
  const values = rows.flatMap((row) => row.value ?? []).sort((a, b) => a - b);
  const classes = new Set(values.map((value) => classOf(value, own)));
  if (values.length < 2 || classes.size > 1) return own;
  const fifths = [1, 2, 3, 4].map((n) => rounded(values[Math.floor((n * values.length) / 5)] ?? 0));
  return [...new Set(fifths)];
}

/** To two figures: class breaks are read aloud. */
function rounded(value: number): number {
  return Number(value.toPrecision(2));
}

/** What to paint a row as. */
export function paintOf(
  row: Pick<Value, 'value' | 'status' | 'flags'>,
  breaks: readonly number[],
): Paint {
  if (row.flags.includes('suppressed')) return suppressed;
  if (row.status === 'not_applicable') return notApplicable;
  return row.value === null ? unknown : classOf(row.value, breaks);
}

/** The units to repaint to get from one painting to another; absent ones are painted as unknown. */
export function repaints(
  before: ReadonlyMap<string, Paint>,
  after: ReadonlyMap<string, Paint>,
): Map<string, Paint> {
  const changed = new Map<string, Paint>();
  let kept = 0;
  for (const [code, paint] of after) {
    const old = before.get(code);
    if (old !== undefined) kept++;
    if (old !== paint) changed.set(code, paint);
  }
  if (kept === before.size) return changed; // as nearly always
  for (const code of before.keys()) if (!after.has(code)) changed.set(code, unknown);
  return changed;
}

/** Units whose value is another than before: these pulse. A first painting changes nothing. */
export function changedValues(
  before: readonly Pick<Value, 'unit' | 'value'>[],
  after: readonly Pick<Value, 'unit' | 'value'>[],
): string[] {
  const values = new Map(before.map((row) => [row.unit, row.value]));
  return after
    .filter((row) => values.has(row.unit) && values.get(row.unit) !== row.value)
    .map((row) => row.unit);
}

/** Keys whose value is another than before, or gone. */
export function differing<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
): string[] {
  const codes = new Set([...before.keys(), ...after.keys()]);
  return [...codes].filter((code) => before.get(code) !== after.get(code));
}
