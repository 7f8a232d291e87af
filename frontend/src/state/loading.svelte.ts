import { ApiError, apiPath, ask } from '../api/client';
import { live } from '../api/live.svelte';
import type { BoundarySet, Catalog, Problem, Unit } from '../api/types';
import { offline } from './offline.svelte';
import { Programme } from './programme.svelte';

/** How long to wait before trying again to load what nothing can be shown without. */
const again = 3000;

/**
 * Loads the programme, trying until it comes: a wall that starts before its server waits for it.
 * Loads it again when everything is in doubt: on a new day it has other periods.
 */
export class Loading {
  programme = $state.raw<Programme | null>(null);
  problem = $state.raw<Problem | null>(null);
  failed = $state(false);

  #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  start(): () => void {
    const deaf = live.onChange((change) => {
      if (change.renew) void this.#load();
    });
    void this.#load();
    return () => {
      deaf();
      this.#cancel();
    };
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
  }

  async #load(): Promise<void> {
    this.#cancel();
    const { signal } = (this.#abort = new AbortController());
    try {
      const [catalog, units, boundaries] = await Promise.all([
        ask<Catalog>(apiPath('catalog'), { signal }),
        ask<Unit[]>(apiPath('units'), { signal }),
        ask<BoundarySet[]>(apiPath('boundaries'), { signal }),
      ]);
      if (signal.aborted) return;
      const current =
        boundaries.data.find((set) => set.id === units.meta.boundaries) ?? boundaries.data.at(-1);
      if (!current) throw new ApiError(null);
      this.#take(catalog.data, units.data, current);
      // Kept ones are better than nothing; the server is asked until it answers.
      const kept = [catalog, units, boundaries].flatMap(({ keptSince }) => keptSince ?? []);
      offline.keeps(this, kept.length > 0 ? Math.min(...kept) : null);
      if (kept.length > 0) this.#later();
    } catch (cause) {
      if (signal.aborted) return;
      this.failed = true;
      this.problem = cause instanceof ApiError ? cause.problem : null;
      this.#later();
    }
  }

  #later(): void {
    this.#timer = setTimeout(() => void this.#load(), again);
  }

  #take(catalog: Catalog, units: Unit[], boundaries: BoundarySet): void {
    if (this.programme) this.programme.renew(catalog, units, boundaries);
    else this.programme = new Programme(catalog, units, boundaries);
    this.failed = false;
  }
}
