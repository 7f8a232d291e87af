/** A number whose explanation is asked for: an indicator of a unit in a period. */
export interface Explained {
  indicator: string;
  unit: string;
  /** The default period of the indicator without one. */
  period?: string | undefined;
}

/** Writes it for an address: "vneid_rate.248.2022-11". Ids, codes and periods have no full stop. */
export function explainKey({ indicator, unit, period }: Explained): string {
  return [indicator, unit, period].filter(Boolean).join('.');
}

/** Reads what explainKey wrote; null for what it cannot have written. */
export function parseExplain(key: string | undefined): Explained | null {
  const [indicator, unit, period, ...rest] = (key ?? '').split('.');
  if (!indicator || !unit || rest.length > 0) return null;
  return { indicator, unit, period: period || undefined };
}
