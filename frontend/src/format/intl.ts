import { locale, type Lang } from '../i18n';

/**
 * Formatters by language and options. To make one takes as long as to write hundreds of numbers with it, and a page writes
 * hundreds.
 */
const numbers = new Map<string, Intl.NumberFormat>();
const dates = new Map<string, Intl.DateTimeFormat>();

export function numberFormat(lang: Lang, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return kept(numbers, lang, options, () => new Intl.NumberFormat(locale(lang), options));
}

export function dateFormat(lang: Lang, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return kept(dates, lang, options, () => new Intl.DateTimeFormat(locale(lang), options));
}

function kept<T>(all: Map<string, T>, lang: Lang, options: object, make: () => T): T {
  const key = lang + JSON.stringify(options);
  const known = all.get(key) ?? make();
  all.set(key, known);
  return known;
}
