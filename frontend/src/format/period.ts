import type { Indicator } from '../api/types';
import type { Lang, Messages } from '../i18n';
import { formatDate } from './date';

type Kind = 'day' | 'week' | 'month' | 'quarter' | 'half' | 'year';

interface Parts {
  readonly statutory: boolean;
  readonly kind: Kind;
  readonly year: number;
  /** Week, month, quarter or half of the year, from 1; 1 for a year. */
  readonly n: number;
  readonly day: number;
}

const pattern = /^(s?)(\d{4})(?:-(?:Q([1-4])|H([12])|W(\d{2})|(\d{2})(?:-(\d{2}))?))?$/;

/** Periods by their ids: every row and every choice of a page asks for the same few. */
const parsed = new Map<string, Parts | null>();

/** Takes a period id of the contract apart: "2022-06", "s2022-Q2", "2022-W24", "2022-06-15". */
function parsePeriod(id: string): Parts | null {
  const known = parsed.get(id);
  if (known !== undefined) return known;
  const parts = takenApart(id);
  parsed.set(id, parts);
  return parts;
}

function takenApart(id: string): Parts | null {
  const match = pattern.exec(id);
  if (!match) return null;
  const [, s, year, quarter, half, week, month, day] = match;
  if (week !== undefined && (s === 's' || Number(week) < 1 || Number(week) > 53)) return null;
  if (month !== undefined && (Number(month) < 1 || Number(month) > 12)) return null;
  const kind: Kind = quarter
    ? 'quarter'
    : half
      ? 'half'
      : week
        ? 'week'
        : day
          ? 'day'
          : month
            ? 'month'
            : 'year';
  const n = Number(quarter ?? half ?? week ?? month ?? 1);
  return { statutory: s === 's', kind, year: Number(year), n, day: Number(day ?? 1) };
}

/** "Tháng 11/2022", "Quý II/2022", "15/06/2022". An id it does not know is shown as it is. */
export function periodName(id: string, m: Messages, lang: Lang): string {
  const p = parsePeriod(id);
  if (!p) return id;
  switch (p.kind) {
    case 'day':
      return formatDate(id, lang);
    case 'week':
      return m.week(p.n, p.year);
    case 'month':
      return m.month(p.n, p.year);
    case 'quarter':
      return m.quarter(p.n, p.year);
    case 'half':
      return m.half(p.n, p.year);
    case 'year':
      return m.year(p.year);
  }
}

/** How often a task recurs that is to be done in every period of the kind of this one: "Hằng quý". */
export function cycleWord(id: string, m: Messages): string {
  const p = parsePeriod(id);
  if (!p) return id;
  const words: Record<Kind, string> = {
    day: m.everyDay,
    week: m.everyWeek,
    month: m.everyMonth,
    quarter: m.everyQuarter,
    half: m.everyHalf,
    year: m.everyYear,
  };
  return p.statutory ? m.everyReporting(words[p.kind]) : words[p.kind];
}

/** The name short enough for an axis: "11/2022". */
export function periodShort(id: string, m: Messages, lang: Lang): string {
  const p = parsePeriod(id);
  return p?.kind === 'month' ? m.monthShort(p.n, p.year) : periodName(id, m, lang);
}

const monthsOf: Record<Exclude<Kind, 'day' | 'week'>, number> = {
  month: 1,
  quarter: 3,
  half: 6,
  year: 12,
};

/**
 * The days of a statutory period, "15/10–14/11/2022" (Decree 09/2019/NĐ-CP art. 12: from the
 * 15th of the month before to the 14th); empty for a calendar period, whose name says it.
 */
export function statutorySpan(id: string): string {
  const p = parsePeriod(id);
  if (!p?.statutory || p.kind === 'day' || p.kind === 'week') return '';
  const last = p.n * monthsOf[p.kind];
  const before = last - monthsOf[p.kind]; // 0 is December of the year before
  const startYear = before === 0 ? p.year - 1 : p.year;
  const start = `15/${before === 0 ? 12 : before}${startYear === p.year ? '' : `/${startYear}`}`;
  return `${start}–14/${last}/${p.year}`;
}

/** Name and days together: "Tháng 11/2022 (15/10–14/11/2022)". */
export function periodLabel(id: string, m: Messages, lang: Lang): string {
  const span = statutorySpan(id);
  return periodName(id, m, lang) + (span && ` (${span})`);
}

/** First day of a week of ISO 8601: 4 January always lies in week 1. */
function mondayOf(year: number, week: number): string {
  const fourth = new Date(Date.UTC(year, 0, 4));
  const monday = 4 - ((fourth.getUTCDay() + 6) % 7) + 7 * (week - 1);
  return new Date(Date.UTC(year, 0, monday)).toISOString().slice(0, 10);
}

/** First day of a period; ids it does not know begin never. Statutory ones begin on the 15th of the month before. */
function startOf(id: string): string {
  const p = parsePeriod(id);
  if (!p) return '';
  if (p.kind === 'day') return id.replace('s', '');
  if (p.kind === 'week') return mondayOf(p.year, p.n);
  const first = (p.n - 1) * monthsOf[p.kind];
  const start = p.statutory ? Date.UTC(p.year, first - 1, 15) : Date.UTC(p.year, first, 1);
  return new Date(start).toISOString().slice(0, 10);
}

/** Index of the last of the periods, ascending, that has begun when this one begins; -1 when none has. */
export function placeOf(id: string, periods: readonly string[]): number {
  const exact = periods.indexOf(id);
  if (exact >= 0) return exact;
  const start = startOf(id);
  return periods.findLastIndex((period) => startOf(period) <= start);
}

/** Kind of a period in the catalogue's words: "month", "statutory_quarter"; empty for what is no period. */
export function kindOf(id: string): string {
  const p = parsePeriod(id);
  return p ? `${p.statutory ? 'statutory_' : ''}${p.kind}` : '';
}

type Askable = Pick<Indicator, 'period_kinds' | 'periods'>;

/**
 * Whether an indicator can be asked for a period: it is of one of its kinds and has begun. What
 * lies before its first figures may be asked too, and has none: that is an answer.
 */
export function askable(id: string, indicator: Askable): boolean {
  const kinds: readonly string[] = indicator.period_kinds;
  const last = startOf(indicator.periods.at(-1) ?? '');
  const monthEnd = last && `${last.slice(0, 7)}-31`;
  return kinds.includes(kindOf(id)) && startOf(id) <= monthEnd;
}

/**
 * The period to show when another indicator is chosen: the same one, or its statutory or
 * calendar twin, when the indicator can be asked for it; otherwise none (its default).
 */
export function carryPeriod(id: string | undefined, indicator: Askable): string | undefined {
  if (!id) return undefined;
  return [id, twinOf(id)].find((candidate) => askable(candidate, indicator));
}

const twinOf = (id: string): string => (id.startsWith('s') ? id.slice(1) : `s${id}`);

/** Whether two periods are the same or twins: the statutory month of a calendar month. */
export function corresponds(a: string, b: string): boolean {
  return a === b || a === twinOf(b);
}

/** Periods of a kind of the catalogue ("statutory_quarter") from the one a first begins in to the last begun. */
export function periodsOf(kind: string, { periods, period_kinds }: Askable): string[] {
  const statutory = kind.startsWith('statutory_');
  const plain = statutory ? kind.slice('statutory_'.length) : kind;
  const [first, last] = [startOf(periods[0] ?? ''), startOf(periods.at(-1) ?? '')];
  if (!(plain in monthsOf) || !first || !last) return [];
  const length = monthsOf[plain as keyof typeof monthsOf];
  const found: string[] = [];
  for (let year = Number(first.slice(0, 4)); year <= Number(last.slice(0, 4)) + 1; year++) {
    for (let n = 1; n <= 12 / length; n++) {
      const id = (statutory ? 's' : '') + idOf(plain, year, n);
      const ended = endOf(id) < first;
      if (!ended && askable(id, { periods, period_kinds })) found.push(id);
    }
  }
  return found;
}

function idOf(kind: string, year: number, n: number): string {
  if (kind === 'month') return `${year}-${String(n).padStart(2, '0')}`;
  if (kind === 'quarter') return `${year}-Q${n}`;
  return kind === 'half' ? `${year}-H${n}` : `${year}`;
}

/** First day after a period of months. */
function endOf(id: string): string {
  const p = parsePeriod(id);
  if (!p || p.kind === 'day' || p.kind === 'week') return startOf(id);
  const months = p.n * monthsOf[p.kind];
  const end = p.statutory ? Date.UTC(p.year, months - 1, 15) : Date.UTC(p.year, months, 1);
  return new Date(end).toISOString().slice(0, 10);
}
