import { askable } from '../format/period';
import { colourings } from '../map/scales';
import { assignmentStatuses } from '../format/words';
import { parseExplain } from './explain';
import type { Programme } from './programme.svelte';
import { reportPeriods, reportViews } from './reports';
import { submissionStates } from './submissions';
import { taskViews } from './tasks';
import type { Place, View } from './url';

/** What can stand beside the map; the first is not written into the address. */
export const sideLists = ['ranking', 'standing', 'week', 'obstacles'] as const;

/** A part of an address that leads nowhere. */
export interface Stray {
  key: keyof Omit<View, 'lang'>;
  value: string;
}

type Known = Pick<
  Programme,
  'indicator' | 'unit' | 'agency' | 'shownLevels' | 'catalog' | 'sets' | 'boundaries'
>;

/**
 * What an address asks for that the programme does not have. The page shows the default for
 * it, says so and mends the address: a link with a slip in it must not pass for another's figures.
 */
export function strays(place: Place, programme: Known): Stray[] {
  const { view } = place;
  const wanted = programme.sets.find(({ id, in_use }) =>
    view.boundaries ? id === view.boundaries : in_use,
  );
  // Units and levels are looked for once the boundary set has come.
  const here = !wanted || wanted.id === programme.boundaries.id;
  return [
    ...(wanted ? [] : asked('boundaries', view)),
    ...(here ? [...ofPage(place, programme), ...explained(view, programme)] : []),
  ];
}

function ofPage({ page, view }: Place, programme: Known): Stray[] {
  if (page.name === 'tasks') {
    const groups = programme.catalog.task_groups;
    return [
      ...(assignmentStatuses.some((status) => status === view.status) ? [] : asked('status', view)),
      ...(groups.some((group) => group.id === view.group) ? [] : asked('group', view)),
      ...(view.agency && programme.agency(view.agency) ? [] : asked('agency', view)),
      ...(programme.unit(view.unit) ? [] : asked('unit', view)),
      ...(taskViews.some((by) => by === view.by) ? [] : asked('by', view)),
    ];
  }
  if (page.name === 'reports') {
    const { period } = view;
    return [
      ...(period && reportPeriods(programme.catalog).includes(period) ? [] : asked('period', view)),
      ...(view.agency && programme.agency(view.agency) ? [] : asked('agency', view)),
      ...(programme.unit(view.unit) ? [] : asked('unit', view)),
      ...(programme.shownLevels.some((level) => level.id === view.level)
        ? []
        : asked('level', view)),
      ...(reportViews.some((by) => by === view.by) ? [] : asked('by', view)),
      ...(submissionStates.some((state) => state === view.status) ? [] : asked('status', view)),
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
    ...(colourings.some((by) => by === view.colour) ? [] : asked('colour', view)),
    ...((programme.indicator(view.beside) ??
    (view.beside && indicator && askable(view.beside, indicator)))
      ? []
      : asked('beside', view)),
    ...(sideLists.some((list) => list === view.list) ? [] : asked('list', view)),
  ];
}

/** An explanation of what there is not. */
function explained(view: View, programme: Known): Stray[] {
  const asks = parseExplain(view.explain);
  const known = asks && programme.indicator(asks.indicator) && programme.unit(asks.unit);
  return known ? [] : asked('explain', view);
}

function asked(key: Stray['key'], view: View): Stray[] {
  const value = view[key];
  return value ? [{ key, value }] : [];
}
