import { apiPath } from '../api/client';
import { concerns } from '../api/live.svelte';
import type { Indicator, ProfileRow } from '../api/types';
import { useAnswer, type Answer } from './answer.svelte';
import type { Standing } from './headline';
import { indexed } from './lookup';

/** What is asked of a unit: all indicators, or those listed, for their current periods or the nearest to one. */
export interface ProfileQuestion {
  unit: string;
  period?: string | undefined;
  indicators?: readonly Indicator[];
}

/** A unit by many indicators, in one question. */
export class Profile {
  readonly #answer: Answer<ProfileRow[]>;
  readonly #rows = $derived.by(() => indexed(this.#answer.data ?? [], (row) => row.indicator));

  constructor(answer: Answer<ProfileRow[]>) {
    this.#answer = answer;
  }

  /** Undefined until it has come. */
  of(indicator: Indicator): ProfileRow | undefined {
    return this.#rows.get(indicator.id);
  }

  /** Where the unit stands with these; those that have come. */
  standings(indicators: readonly Indicator[]): Standing[] {
    return indicators.flatMap((indicator) => {
      const row = this.of(indicator);
      return row ? [{ indicator, row }] : [];
    });
  }

  get come(): boolean {
    return this.#answer.data !== null;
  }

  /** Whether the last attempt to ask failed; what has come before is kept. */
  get failed(): boolean {
    return this.#answer.failed;
  }
}

/** Asks for a profile and keeps it current; null asks nothing. Call it while a component is set up. */
export function useProfile(question: () => ProfileQuestion | null): Profile {
  const answer = useAnswer<ProfileRow[]>(
    () => {
      const asked = question();
      if (!asked) return null;
      const indicator = asked.indicators?.map(({ id }) => id).join(',');
      return apiPath('profile', { unit: asked.unit, period: asked.period, indicator });
    },
    (change) => {
      const of = question()?.indicators;
      return of ? of.some(({ id }) => concerns(change, id)) : change.indicators.length > 0;
    },
  );
  return new Profile(answer);
}
