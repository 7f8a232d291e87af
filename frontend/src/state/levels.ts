import type { Indicator, Level, Measure } from '../api/types';

interface Catalogue {
  measures: readonly Measure[];
  indicators: readonly Indicator[];
}

/**
 * The level the figures of an indicator are collected at: that of its measures, of an indicator
 * made of others the highest of theirs. Rates over tasks have no measures; they are known at every
 * level.
 */
export function collectedAt(
  indicator: Pick<Indicator, 'formula'>,
  catalogue: Catalogue,
  levels: readonly Level[],
): Level | undefined {
  const ranks = levelsOf(indicator, catalogue).map((id) => levels.findIndex((l) => l.id === id));
  return levels[ranks.length > 0 ? Math.min(...ranks) : levels.length - 1];
}

function levelsOf({ formula }: Pick<Indicator, 'formula'>, catalogue: Catalogue): string[] {
  const own = [...formula.numerator, ...formula.denominator].flatMap(
    (term) => catalogue.measures.find((measure) => measure.id === term.measure)?.level ?? [],
  );
  const parts = formula.parts.flatMap((part) => {
    const inner = catalogue.indicators.find((indicator) => indicator.id === part.indicator);
    return inner ? levelsOf(inner, catalogue) : [];
  });
  return [...own, ...parts];
}

/** Dimensions an indicator can be taken apart by: those all its measures have, ranges of numbers aside. */
export function partedBy(
  indicator: Pick<Indicator, 'formula'>,
  catalogue: Catalogue & { dimensions: readonly { id: string; integer: boolean }[] },
): string[] {
  const { numerator, denominator } = indicator.formula;
  const measures = [...numerator, ...denominator].map((term) =>
    catalogue.measures.find((measure) => measure.id === term.measure),
  );
  const narrowed = new Set([...numerator, ...denominator].flatMap((t) => Object.keys(t.where)));
  const [first, ...rest] = measures.map((measure) => measure?.dimensions ?? []);
  return (first ?? []).filter((id) => {
    const dimension = catalogue.dimensions.find((candidate) => candidate.id === id);
    return (
      dimension && !dimension.integer && !narrowed.has(id) && rest.every((ids) => ids.includes(id))
    );
  });
}
