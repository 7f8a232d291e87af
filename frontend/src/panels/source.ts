import { formatDay, formatTime } from '../format/date';
import { textIn, type Lang, type Messages } from '../i18n';
import type { Programme } from '../state/programme.svelte';

/**
 * What a picture says of where it comes from: that the figures are made up when they are, whose boundaries it shows,
 * and the programme with the instant the figures are as of.
 */
export function sourceNotes(
  programme: Programme,
  asOf: string | undefined,
  lang: Lang,
  m: Messages,
  map = true,
): string[] {
  const { demonstration, name } = programme.catalog;
  const { boundaries } = programme;
  const when = asOf ? ` ${formatTime(asOf)} ${formatDay(asOf, lang)}` : '';
  const source = `${m.source}: ${textIn(name, lang)}`;
  return [
    ...(demonstration ? [textIn(demonstration.label, lang)] : []),
    ...(map ? [boundaries.schematic ? m.schematic : m.boundariesFrom(boundaries.source)] : []),
    when ? `${source}; ${m.asOf.toLocaleLowerCase(lang)}${when}` : source,
  ];
}
