import type { Indicator, Value } from '../api/types';
import { locale, textIn, type Lang, type Messages } from '../i18n';

type Shape = Pick<Indicator, 'unit_name' | 'decimals'>;

/** A plain number in the language's own grouping and decimal mark. */
export function formatNumber(value: number, lang: Lang, decimals = 0): string {
  return new Intl.NumberFormat(locale(lang), {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value);
}

/** A number for an axis, as short as the language makes it: "1,5 Tr", "500 N", "40". */
export function formatCompact(value: number, lang: Lang): string {
  return new Intl.NumberFormat(locale(lang), {
    notation: 'compact',
    maximumFractionDigits: 1,
  }).format(value);
}

/** A signed difference, with a real minus sign: "+3,2", "−0,4", "0,0". */
export function formatChange(value: number, lang: Lang, decimals: number): string {
  const rounded = Number(value.toFixed(decimals));
  const sign = rounded > 0 ? '+' : rounded < 0 ? '−' : '';
  return sign + formatNumber(Math.abs(rounded), lang, decimals);
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
  if (row?.status === 'not_applicable') return m.notApplicable;
  if (row?.value == null) return m.noData;
  return formatValue(row.value, shape, lang);
}
