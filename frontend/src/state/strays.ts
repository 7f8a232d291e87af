import { askable } from '../format/period';
import { assignmentStatuses } from '../format/words';
import type { Programme } from './programme.svelte';
import type { Place, View } from './url';

/** The other order of the tasks; that of the plan is not written into the address. */
export const urgency = 'urgency';

/** A part of an address that leads nowhere. */
export interface Stray {
  key: 'indicator' | 'unit' | 'period' | 'level' | 'status' | 'group' | 'agency' | 'sort';
  value: string;
}

type Known = Pick<Programme, 'indicator' | 'unit' | 'agency' | 'shownLevels' | 'catalog'>;

/**
 * What an address asks for that the programme does not have. The page shows the default for
 * it, says so and mends the address: a link with a slip in it must not pass for another's figures.
 */
export function strays({ page, view }: Place, programme: Known): Stray[] {
  if (page.name === 'tasks') {
    const groups = programme.catalog.task_groups;
    return [
      ...(assignmentStatuses.some((status) => status === view.status) ? [] : asked('status', view)),
      ...(groups.some((group) => group.id === view.group) ? [] : asked('group', view)),
      ...(view.agency && programme.agency(view.agency) ? [] : asked('agency', view)),
      ...(view.sort === urgency ? [] : asked('sort', view)),
    ];
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
