import type { Dimension, Filter, Measure, Term } from '../api/types';
import { textIn, type Lang, type Messages } from '../i18n';

type Catalogue = { measures: readonly Measure[]; dimensions: readonly Dimension[] };

/** What is counted by the terms of a formula: "Dân số (tuổi từ 14)". */
export function termsLabel(
  terms: readonly Term[],
  catalogue: Catalogue,
  m: Messages,
  lang: Lang,
): string {
  return terms
    .map((term, i) => {
      const sign = term.minus ? ' − ' : i > 0 ? ' + ' : '';
      return sign + termLabel(term, catalogue, m, lang);
    })
    .join('');
}

function termLabel(term: Term, catalogue: Catalogue, m: Messages, lang: Lang): string {
  const measure = catalogue.measures.find((candidate) => candidate.id === term.measure);
  const name = measure ? textIn(measure.name, lang) : term.measure;
  const narrowed = Object.entries(term.where).map(([id, filter]) => {
    const dimension = catalogue.dimensions.find((candidate) => candidate.id === id);
    return dimension ? filterLabel(dimension, filter, m, lang) : id;
  });
  return narrowed.length > 0 ? `${name} (${narrowed.join(', ')})` : name;
}

function filterLabel(dimension: Dimension, filter: Filter, m: Messages, lang: Lang): string {
  const axis = textIn(dimension.name, lang).toLowerCase();
  const { from, to, members } = filter;
  if (from !== undefined && to !== undefined) return m.valuesBetween(axis, from, to);
  if (from !== undefined) return m.valuesFrom(axis, from);
  if (to !== undefined) return m.valuesTo(axis, to);
  return (members ?? [])
    .map((id) => dimension.members.find((member) => member.id === id))
    .map((member) => (member ? textIn(member.name, lang).toLowerCase() : axis))
    .join(', ');
}

/**
 * A canonical slice of a measure in words: "age=34;sex=female" is "tuổi 34, nữ". What the catalogue
 * does not know is shown as it is.
 */
export function dimsLabel(
  dims: string,
  { dimensions }: Pick<Catalogue, 'dimensions'>,
  lang: Lang,
): string {
  return dims
    .split(';')
    .filter(Boolean)
    .map((pair) => {
      const [id, value = ''] = pair.split('=');
      const dimension = dimensions.find((candidate) => candidate.id === id);
      const member = dimension?.members.find((candidate) => candidate.id === value);
      if (member) return textIn(member.name, lang).toLowerCase();
      return dimension ? `${textIn(dimension.name, lang).toLowerCase()} ${value}` : pair;
    })
    .join(', ');
}
