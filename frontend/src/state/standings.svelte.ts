import { apiPath } from '../api/client';
import { concerns } from '../api/live.svelte';
import type { Indicator, Value } from '../api/types';
import { useAnswer } from './answer.svelte';
import type { Standing } from './headline';

/**
 * Where a unit stands with each of these indicators, kept current. `when` says whether one is asked
 * at all: not before the map has come, not of a unit its figures do not reach. Call it while a component is set up.
 */
export function useStandings(
  indicators: readonly Indicator[],
  unit: () => string,
  when: (indicator: Indicator) => boolean,
  period: (indicator: Indicator) => string | undefined = () => undefined,
): { readonly rows: readonly Standing[]; readonly complete: boolean } {
  const asked = indicators.map((indicator) => ({
    indicator,
    answer: useAnswer<Value[]>(
      () =>
        when(indicator)
          ? apiPath(`indicators/${indicator.id}/values`, {
              unit: unit(),
              period: period(indicator),
            })
          : null,
      (change) => concerns(change, indicator.id),
    ),
  }));
  return {
    get rows() {
      return asked.flatMap(({ indicator, answer }) => {
        const row = when(indicator) ? answer.data?.[0] : undefined;
        return row ? [{ indicator, row }] : [];
      });
    },
    get complete() {
      return asked.every(
        ({ indicator, answer }) => !when(indicator) || answer.data !== null || answer.failed,
      );
    },
  };
}
