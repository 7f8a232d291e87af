import { ApiError, apiPath, ask } from '../api/client';
import { ground } from '../api/ground.svelte';
import { live } from '../api/live.svelte';
import type { BoundarySet, Catalog, Level, Problem, Unit } from '../api/types';
import { offline, oldestOf } from './offline.svelte';
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
  /** When the last attempt failed, milliseconds: who waits sees that the page still tries. */
  triedAt = $state<number | null>(null);

  #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Id of the boundary set the reader asks for; one there is not is passed over. */
  #wanted: string | undefined;

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

  /** Tries at once what would be tried again soon. */
  retry(): void {
    void this.#load();
  }

  /** Goes over to another boundary set; what is shown stays until it has come. */
  standOn(boundaries: string | undefined): void {
    if (this.#wanted === boundaries) return;
    this.#wanted = boundaries;
    if (this.programme) void this.#load();
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
  }

  async #load(): Promise<void> {
    this.#cancel();
    const { signal } = (this.#abort = new AbortController());
    try {
      const [catalog, units, boundaries] = await this.#ask(signal);
      if (signal.aborted) return;
      const current =
        boundaries.data.find((set) => set.id === units.meta.boundaries) ?? boundaries.data.at(-1);
      if (!current) throw new ApiError(null);
      this.#take(standing(catalog.data, current), units.data, current, boundaries.data);
      // Kept ones are better than nothing; the server is asked until it answers.
      const kept = [catalog, units, boundaries].flatMap(({ keptSince, meta }) =>
        keptSince === null ? [] : { since: keptSince, now: meta.now },
      );
      offline.keeps(this, oldestOf(kept));
      if (kept.length > 0) this.#later();
    } catch (cause) {
      if (signal.aborted) return;
      this.failed = true;
      this.triedAt = Date.now();
      this.problem = cause instanceof ApiError ? cause.problem : null;
      this.#later();
    }
  }

  /** Asks for everything at once; for another boundary set only when there is one of that name. */
  async #ask(signal: AbortSignal) {
    const units = (boundaries: string | undefined) =>
      ask<Unit[]>(apiPath('units', { boundaries: boundaries ?? '' }), { signal });
    const sets = ask<BoundarySet[]>(apiPath('boundaries'), { signal });
    const wanted = this.#wanted;
    const ofSet = wanted
      ? sets.then(({ data }) => units(data.find((set) => set.id === wanted && !set.in_use)?.id))
      : units(undefined);
    return Promise.all([ask<Catalog>(apiPath('catalog'), { signal }), ofSet, sets]);
  }

  #later(): void {
    this.#timer = setTimeout(() => void this.#load(), again);
  }

  #take(catalog: Catalog, units: Unit[], boundaries: BoundarySet, all: BoundarySet[]): void {
    // Those that were imported beside the catalogue have maps, but no figures are carried onto them.
    const sets = all.filter((set) => set.figures);
    ground.boundaries = boundaries.in_use ? undefined : boundaries.id;
    if (this.programme) this.programme.renew(catalog, units, boundaries, sets);
    else this.programme = new Programme(catalog, units, boundaries, sets);
    this.failed = false;
  }
}

/** The catalogue with the levels and the root of a boundary set; it comes with those of the set in use. */
function standing(catalog: Catalog, set: BoundarySet): Catalog {
  if (set.in_use) return catalog;
  const named = (level: Level): Level => catalog.levels.find(({ id }) => id === level.id) ?? level;
  return {
    ...catalog,
    root: set.root,
    levels: set.levels.map((level) => ({ ...named(level), rank: level.rank })),
  };
}
