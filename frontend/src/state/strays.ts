import { askable } from '../format/period';
import { assignmentStatuses } from '../format/words';
import type { Programme } from './programme.svelte';
import type { Place, View } from './url';

/** A part of an address that leads nowhere. */
export interface Stray {
  key: 'indicator' | 'unit' | 'period' | 'level' | 'status';
  value: string;
}

type Known = Pick<Programme, 'indicator' | 'unit' | 'shownLevels' | 'catalog'>;

/**
 * What an address asks for that the programme does not have. The page shows the default for
 * it, says so and mends the address: a link with a slip in it must not pass for another's figures.
 */
export function strays({ page, view }: Place, programme: Known): Stray[] {
  if (page.name === 'tasks') {
    const known = assignmentStatuses.some((status) => status === view.status);
    return known ? [] : asked('status', view);
  }
  if (page.name !== 'overview') return [];
  const chosen = programme.indicator(view.indicator);
  const indicator = chosen ?? programme.catalog.indicators[0];
  const period = view.period;
  return [
    ...(chosen ? [] : asked('indicator', view)),
    ...(programme.unit(view.unit) ? [] : asked('unit', view)),
    ...(programme.shownLevels.some((level) => level.id === view.level) ? [] : asked('level', view)),
    ...(period && indicator && askable(period, indicator) ? [] : asked('period', view)),
  ];
}

function asked(key: Stray['key'], view: View): Stray[] {
  const value = view[key];
  return value ? [{ key, value }] : [];
}
