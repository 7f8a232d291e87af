import { SvelteMap } from 'svelte/reactivity';
import { live } from '../api/live.svelte';

/** A kept answer: when it was given by the system's clock (milliseconds), and by the programme's (ISO 8601). */
export interface Kept {
  since: number;
  now: string;
}

/**
 * Whether what is on screen is out of date, in one place for every page. Answers the server itself gave are good as
 * long as its stream says nothing else.
 */
class Offline {
  readonly #kept = new SvelteMap<object, Kept>();

  /** Says that what the owner shows was kept; null once the server has given it. */
  keeps(owner: object, kept: Kept | null): void {
    if (kept === null) this.#kept.delete(owner);
    else this.#kept.set(owner, kept);
  }

  /** As of when the figures on screen are, programme time as the page's clock; null while they are the server's of now. */
  get asOf(): string | null {
    const oldest = oldestOf([...this.#kept.values()]);
    if (oldest) return oldest.now;
    return live.connection === 'offline' ? live.now : null;
  }
}

export const offline = new Offline();

/** The kept answer that was given first. */
export function oldestOf(kept: readonly Kept[]): Kept | null {
  return kept.reduce<Kept | null>((a, b) => (a && a.since <= b.since ? a : b), null);
}
