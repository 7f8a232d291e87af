import { ApiError, apiPath, ask } from '../api/client';
import type { BoundarySet, Catalog, Problem, Unit } from '../api/types';
import { Programme } from './programme';

/** How long to wait before trying again to load what nothing can be shown without. */
const again = 3000;

/** Loads the programme once, trying until it comes: a wall that starts before its server waits for it. */
export class Loading {
  programme = $state.raw<Programme | null>(null);
  problem = $state.raw<Problem | null>(null);
  failed = $state(false);

  #timer: ReturnType<typeof setTimeout> | undefined;

  start(): () => void {
    void this.#load();
    return () => clearTimeout(this.#timer);
  }

  async #load(): Promise<void> {
    try {
      const [catalog, units, boundaries] = await Promise.all([
        ask<Catalog>(apiPath('catalog')),
        ask<Unit[]>(apiPath('units')),
        ask<BoundarySet[]>(apiPath('boundaries')),
      ]);
      const current =
        boundaries.data.find((set) => set.id === units.meta.boundaries) ?? boundaries.data.at(-1);
      if (!current) throw new ApiError(null);
      this.programme = new Programme(catalog.data, units.data, current);
      this.failed = false;
    } catch (cause) {
      this.failed = true;
      this.problem = cause instanceof ApiError ? cause.problem : null;
      this.#timer = setTimeout(() => void this.#load(), again);
    }
  }
}
