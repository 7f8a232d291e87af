import type { Indicator, Value } from '../api/types';
import { textIn, type Lang, type Messages } from '../i18n';
import { numberFormat } from './intl';

type Shape = Pick<Indicator, 'unit_name' | 'decimals'>;

/** A plain number in the language's own grouping and decimal mark. */
export function formatNumber(value: number, lang: Lang, decimals = 0): string {
  return numberFormat(lang, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value);
}

/**
 * A number for an axis: "500.000", "2,5". Written out, because Vietnamese has no short forms
 * that everybody reads: Intl makes "500 N" of it.
 */
export function formatTick(value: number, lang: Lang): string {
  return numberFormat(lang, { maximumFractionDigits: 2 }).format(value);
}

/** A signed difference, with a real minus sign: "+3,2", "−0,4", "0,0". */
export function formatChange(value: number, lang: Lang, decimals: number): string {
  const rounded = Number(value.toFixed(decimals));
  const sign = rounded > 0 ? '+' : rounded < 0 ? '−' : '';
  return sign + formatNumber(Math.abs(rounded), lang, decimals);
}

/**
 * The difference of two values as they are written, so that a reader who subtracts gets the
 * same: "−2,9 điểm %", "+120 người".
 */
export function formatDifference(
  value: number,
  other: number,
  shape: Shape,
  lang: Lang,
  m: Messages,
): string {
  const written = (n: number): number => Number(n.toFixed(shape.decimals));
  const change = formatChange(written(value) - written(other), lang, shape.decimals);
  const unit = textIn(shape.unit_name, lang);
  if (unit === '%') return m.points(change);
  return unit ? `${change}\u00a0${unit}` : change;
}

/** A value of an indicator with its unit: "61,2%", "12.345 người". */
export function formatValue(value: number, shape: Shape, lang: Lang): string {
  const unit = textIn(shape.unit_name, lang);
  const number = formatNumber(value, lang, shape.decimals);
  if (unit === '%' || unit === '‰') return number + unit;
  return unit ? `${number}\u00a0${unit}` : number;
}

/** A number without its unit, for places where the unit stands beside it. */
export function formatBare(value: number, shape: Shape, lang: Lang): string {
  return formatNumber(value, lang, shape.decimals);
}

/**
 * What a row says: its value, or the word for why there is none. Table, tooltip, panel,
 * map and wall all go through here, so that they cannot differ.
 */
export function sayValue(
  row: Pick<Value, 'value' | 'status' | 'flags'> | undefined,
  shape: Shape,
  lang: Lang,
  m: Messages,
): string {
  if (row?.flags.includes('suppressed')) return m.flagSuppressed;
  if (row?.value == null) return row?.status === 'not_applicable' ? m.notApplicable : m.noData;
  return formatValue(row.value, shape, lang);
}

/**
 * What a row says, with a unit that is a word apart from its number: it is said smaller, or once for many. Signs such as % stay
 * with the number; so does a word for a value that is not there.
 */
export function valueParts(
  row: Pick<Value, 'value' | 'status' | 'flags'> | undefined,
  shape: Shape,
  lang: Lang,
  m: Messages,
): { number: string; unit: string } {
  const said = sayValue(row, shape, lang, m);
  const unit = textIn(shape.unit_name, lang);
  const apart = `\u00a0${unit}`;
  return unit && said.endsWith(apart)
    ? { number: said.slice(0, -apart.length), unit }
    : { number: said, unit: '' };
}

/** A share of what can be finished, "54,3%", or that there is nothing to finish. */
export function formatShare(percent: number | null, lang: Lang, m: Messages): string {
  return percent === null ? m.nothingToFinish : `${formatNumber(percent, lang, 1)}%`;
}
