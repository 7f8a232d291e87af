import type { Indicator, RankingRow } from '../api/types';
import { formatBare } from '../format/value';
import { statusWord } from '../format/words';
import { textIn, type Lang, type Messages } from '../i18n';
import { notApplicable, suppressed, unknown } from './classes';
import type { PatternName } from './patterns';
import { estimatedMark, judged, markOf, partialMark, type Scale } from './scales';

type Shape = Pick<Indicator, 'unit_name' | 'decimals'>;

/** What the legend says of a class of a scale, counted from the lowest: "10 – 20", "Kém dưới 5", "Chậm". */
export function classLabel(
  i: number,
  scale: Pick<Scale, 'by' | 'breaks'>,
  shape: Shape,
  lang: Lang,
  m: Messages,
): string {
  if (scale.by === 'status') {
    const status = judged[i];
    return status ? statusWord(status, m) : m.notJudged;
  }
  // Breaks are round numbers; they get decimals only when they have some.
  const decimals = scale.breaks.every(Number.isInteger) ? 0 : shape.decimals;
  const text = (value: number): string => formatBare(value, { ...shape, decimals }, lang);
  const range = (low: number | undefined, high: number | undefined): string => {
    if (low === undefined) return high === undefined ? '' : m.below(text(high));
    return high === undefined ? m.from(text(low)) : m.between(text(low), text(high));
  };
  const [low, high] = [scale.breaks[i - 1], scale.breaks[i]];
  if (scale.by === 'value') return range(low, high);
  // A distance is told by its size; which side of the path it is on is a word.
  const worse = high !== undefined && high <= 0;
  const [near = 0, far] = worse ? [-high, low === undefined ? low : -low] : [low, high];
  const size = range(near === 0 ? undefined : near, far).toLocaleLowerCase(lang);
  return worse ? m.worseBy(size) : m.betterBy(size);
}

/** A class of a map: its colour or pattern, what it means, how many units are in it. */
export interface KeyEntry {
  colour?: string | undefined;
  /** Empty for a plain colour. */
  kind: PatternName | '';
  label: string;
  count: number;
  /** Said even when no unit is in it. */
  always: boolean;
}

/** Whether a pattern says something about a value that is there, and lies over its colour. */
export function isNote(kind: KeyEntry['kind']): boolean {
  return kind === 'upright' || kind === 'strokes';
}

/** What the legend is about, with the unit of its classes. */
export function legendTitle(
  scale: Pick<Scale, 'by'>,
  indicator: Pick<Indicator, 'unit_name'>,
  lang: Lang,
  m: Messages,
): string {
  const unit = textIn(indicator.unit_name, lang);
  if (scale.by === 'status') return m.status;
  if (scale.by === 'value') return `${m.legend}${unit && `, ${unit}`}`;
  return `${m.versusTarget}, ${unit === '%' ? m.points('').trim() : unit}`;
}

/** The classes of a scale from the lowest, then what is not a value and notes on values. Counts have no classes. */
export function legendEntries(
  rows: readonly RankingRow[],
  scale: Scale,
  indicator: Shape,
  counts: boolean,
  lang: Lang,
  m: Messages,
): KeyEntry[] {
  const paints = rows.map(scale.paint);
  const marks = rows.map(markOf);
  const of = (all: readonly number[], one: number): number => all.filter((n) => n === one).length;
  const note = (kind: PatternName, label: string, count: number, always = false): KeyEntry => {
    return { kind, label, count, always };
  };
  return [
    ...(counts ? [] : scale.colours).map((colour, i): KeyEntry => {
      const always = scale.by !== 'status' || i < judged.length;
      const label = classLabel(i, scale, indicator, lang, m);
      return { colour, kind: '', label, count: of(paints, i), always };
    }),
    note('hatch', m.noData, of(paints, unknown), true),
    note('dots', m.notApplicable, of(paints, notApplicable)),
    note('cross', m.flagSuppressed, of(paints, suppressed)),
    note('upright', m.flagEstimated, of(marks, estimatedMark)),
    note('strokes', m.flagPartial, of(marks, partialMark)),
  ];
}
