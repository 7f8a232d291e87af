import type { Indicator, RankingRow } from '../api/types';
import { formatValue } from '../format/value';
import type { Lang, Messages } from '../i18n';
import { isNote, legendEntries, legendTitle } from './legend';
import type { Caption } from './picture';
import { bubbleKey, bubbleRadius, type Scale } from './scales';
import { themeColours } from './theme';

/** The legend on a picture of a map: what it says on the page, classes without units left out where the page may. */
export function legendCaption(
  rows: readonly RankingRow[],
  scale: Scale,
  indicator: Indicator,
  counts: boolean,
  lang: Lang,
  m: Messages,
): Pick<Caption, 'legend' | 'legendTitle'> {
  const { land, bubble, note } = themeColours([]);
  const top = Math.max(1, ...rows.map((row) => row.value ?? 0));
  const bubbles = (counts ? bubbleKey(rows) : []).map((n) => ({
    colour: bubble,
    label: formatValue(n, indicator, lang),
    radius: bubbleRadius(rows.length) * Math.sqrt(n / top),
  }));
  const classes = legendEntries(rows, scale, indicator, counts, lang, m)
    .filter(({ count, kind, always }) => count > 0 || (always && kind === ''))
    .map(({ colour, kind, label }) =>
      // A note on a value lies over a colour, where there are any.
      isNote(kind) && !counts
        ? { colour: bubble, label, pattern: kind, lines: note }
        : { colour: colour ?? land, label, pattern: kind },
    );
  return { legendTitle: legendTitle(scale, indicator, lang, m), legend: [...bubbles, ...classes] };
}
