/** Maps a domain to a range, straight. An empty domain maps to the start of the range. */
export function linear(
  domain: readonly [number, number],
  range: readonly [number, number],
): (value: number) => number {
  const span = domain[1] - domain[0];
  const slope = span === 0 ? 0 : (range[1] - range[0]) / span;
  return (value) => range[0] + (value - domain[0]) * slope;
}

/** Steps of 1, 2, 2.5 or 5 times a power of ten that cut 0..max into about n pieces. */
export function niceTicks(max: number, n: number): number[] {
  if (!(max > 0)) return [0];
  const rough = max / n;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((s) => s * power >= rough) ?? 10);
  const ticks: number[] = [];
  for (let i = 0; i * step < max + step; i++) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/**
 * Top of an axis for these values: 100 for percentages that come near it, else the last nice
 * tick. A percentage above 100 is a mistake of whoever reported it, and must not flatten the rest.
 */
export function axisMax(values: readonly (number | null)[], percent: boolean): number {
  const top = Math.max(0, ...values.filter((v): v is number => v !== null));
  if (percent && top > 60) return 100;
  return niceTicks(top, 4).at(-1) || 1;
}

/** Full length of a bar that stands without an axis: the whole for percentages, else the largest of its peers. */
export function barMax(values: readonly (number | null)[], percent: boolean): number {
  return percent ? 100 : Math.max(0, ...values.map((value) => value ?? 0)) || 1;
}

/** Share of a full bar, as CSS wants it; never beyond either end. */
export function barShare(value: number, max: number): string {
  return `${Math.min(1, Math.max(0, value / max)) * 100}%`;
}
