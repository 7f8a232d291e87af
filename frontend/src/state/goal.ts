import type { Indicator } from '../api/types';

type Target = Indicator['targets'][number];

/**
 * The target that lies ahead on a day, or the last one. The first point of a linear path is
 * where it starts from: nobody has to reach it.
 */
export function goalOn(
  day: string,
  indicator: Pick<Indicator, 'targets' | 'path'>,
): Target | undefined {
  const { targets, path } = indicator;
  const goals = path === 'linear' && targets.length > 1 ? targets.slice(1) : targets;
  return goals.find((target) => target.date >= day) ?? goals.at(-1);
}
