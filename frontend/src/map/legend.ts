import type { Indicator } from '../api/types';
import { formatBare } from '../format/value';
import { statusWord } from '../format/words';
import type { Lang, Messages } from '../i18n';
import { judged, type Scale } from './scales';

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
