import { SvelteMap } from 'svelte/reactivity';
import { live } from '../api/live.svelte';

/**
 * Whether what is on screen is out of date, in one place for every page: `keptSince` is when the oldest kept answer
 * on it was given. Answers the server itself gave are good as long as its stream says nothing else.
 */
class Offline {
  readonly #kept = new SvelteMap<object, number>();

  /** Says that what the owner shows was kept, since when; null once the server has given it. */
  keeps(owner: object, since: number | null): void {
    if (since === null) this.#kept.delete(owner);
    else this.#kept.set(owner, since);
  }

  /** As of when the figures on screen are, milliseconds; null while they are the server's of now. */
  get since(): number | null {
    const oldest = Math.min(...this.#kept.values());
    if (Number.isFinite(oldest)) return oldest;
    return live.connection === 'offline' && live.heardAt > 0 ? live.heardAt : null;
  }
}

export const offline = new Offline();
