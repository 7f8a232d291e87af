import type { RankingRow } from '../api/types';

/** Columns the ranking can be sorted by. */
export type SortColumn = 'rank' | 'name' | 'value' | 'movement';

export interface Sort {
  column: SortColumn;
  descending: boolean;
}

/** Rows in the order asked for; rows without the figure come last either way. */
export function sortRows(rows: readonly RankingRow[], sort: Sort, locale: string): RankingRow[] {
  const names = new Intl.Collator(locale);
  const direction = sort.descending ? -1 : 1;
  const figure = (row: RankingRow): number | null =>
    sort.column === 'rank' ? row.rank : sort.column === 'movement' ? row.movement : row.value;
  return [...rows].sort((a, b) => {
    const byName = (): number => names.compare(a.name, b.name);
    if (sort.column === 'name') return direction * byName();
    const x = figure(a);
    const y = figure(b);
    if (x === null || y === null) return Number(x === null) - Number(y === null) || byName();
    return direction * (x - y) || byName();
  });
}

/** The first and the last of ranked rows, the last first; no row is in both. */
export function bothEnds<T>(ranked: readonly T[], most: number): { first: T[]; last: T[] } {
  const n = Math.min(most, Math.floor(ranked.length / 2));
  return { first: ranked.slice(0, n), last: ranked.slice(ranked.length - n).reverse() };
}

/** Lower case without diacritics, đ as d: what people type when they are in a hurry. */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .replaceAll('đ', 'd');
}
