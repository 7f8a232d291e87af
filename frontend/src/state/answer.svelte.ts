import { untrack } from 'svelte';
import { ApiError, ask } from '../api/client';
import { live, type Change } from '../api/live.svelte';
import type { Envelope, Meta, Problem } from '../api/types';
import { lead } from './lead';
import { offline } from './offline.svelte';
import { steadyNow, toSteady } from './steady';

/** Live refreshes of one question are at least this far apart: a stream of figures is no reason to hammer. */
const refreshEvery = 200;

/** A question that failed for a reason that may pass is asked again after this long. */
const retryAfter = 5000;

/**
 * The answer to one question at a time. `asked` is the question on the way, `key` the one
 * `data` answers: whoever paints takes labels and legend from `key`, never from what was
 * clicked since, so a late answer cannot paint the wrong indicator.
 */
export class Answer<T> {
  key = $state.raw<string | null>(null);
  data = $state.raw<T | null>(null);
  meta = $state.raw<Meta | null>(null);
  /** Why the last attempt failed; `data` of the same question is kept beside it. */
  problem = $state.raw<Problem | null>(null);
  failed = $state(false);
  pending = $state(false);
  /** When the server gave `data`, milliseconds by the steady clock. */
  receivedAt = $state(0);

  /** Whether the others wait for it when a change concerns many. */
  readonly #leads: boolean;
  #asked: string | null = null;
  #abort: AbortController | null = null;
  #wanted = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(leads = false) {
    this.#leads = leads;
  }

  /** Asks a question. The answer before stays on screen until the new one has come; its failure does not. */
  put(path: string | null): void {
    if (path !== this.#asked) {
      this.failed = false;
      this.problem = null;
    }
    this.#asked = path;
    if (path === null) offline.keeps(this, null);
    this.#wanted = 0;
    this.#drop();
    if (path !== null) void this.#fetch(path);
  }

  /** Asks the same question again, for at least this data version. */
  refresh(minVersion: number): void {
    this.#wanted = Math.max(this.#wanted, minVersion);
    if (this.#leads && this.#asked !== null) lead.begin(this);
    if (!this.pending) this.#schedule();
  }

  /**
   * Asks the same question again whatever was wanted or is on its way: the server's data version
   * may have gone back, and who keeps waiting for the old one waits for ever.
   */
  renew(version: number): void {
    this.#wanted = version;
    this.#abort?.abort();
    this.#schedule();
  }

  stop(): void {
    offline.keeps(this, null);
    this.#drop();
  }

  /** Nothing of what was asked before is waited for. */
  #drop(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    lead.drop(this);
    lead.end(this);
  }

  #schedule(wait = Math.max(0, this.receivedAt + refreshEvery - steadyNow())): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      lead.follow(this, () => {
        if (this.#asked !== null) void this.#fetch(this.#asked);
      });
    }, wait);
  }

  async #fetch(path: string): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    this.pending = true;
    const stale = (): boolean => abort.signal.aborted || this.#asked !== path;
    try {
      const answer = await ask<T>(path, { signal: abort.signal, minVersion: this.#wanted });
      if (stale()) return;
      if (answer.keptSince === null) this.#take(path, answer, steadyNow());
      else this.#stand(path, answer, answer.keptSince);
    } catch (cause) {
      if (stale()) return;
      this.#fail(path, cause);
    } finally {
      if (this.#abort === abort) {
        this.pending = false;
        lead.end(this);
      }
    }
    if (!stale() && !this.failed && (this.meta?.data_version ?? 0) < this.#wanted) this.#schedule();
  }

  #take(path: string, { data, meta }: Envelope<T>, at: number): void {
    this.key = path;
    this.data = data;
    this.meta = meta;
    this.problem = null;
    this.failed = false;
    this.receivedAt = at;
    offline.keeps(this, null);
  }

  /** No server answered: a kept answer stands in where there is none, and the question is asked again. */
  #stand(path: string, kept: Envelope<T>, since: number): void {
    if (this.key !== path) {
      this.#take(path, kept, toSteady(since));
      offline.keeps(this, { since, now: kept.meta.now });
    }
    this.failed = true;
    this.#schedule(retryAfter);
  }

  #fail(path: string, cause: unknown): void {
    this.failed = true;
    this.problem = cause instanceof ApiError ? cause.problem : null;
    if (this.problem === null || this.problem.status >= 500) this.#schedule(retryAfter);
    if (this.key === path) return;
    offline.keeps(this, null);
    this.key = null;
    this.data = null;
    this.meta = null;
  }
}

/**
 * An answer bound to a component: asks whenever the question changes, asks again when a
 * change concerns it, stops with the component. Others wait for one that leads. Call it while the component is set up.
 */
export function useAnswer<T>(
  question: () => string | null,
  concernedBy: (change: Change) => boolean,
  { leads = false } = {},
): Answer<T> {
  const answer = new Answer<T>(leads);
  const path = $derived(question());
  $effect(() => {
    const asked = path;
    untrack(() => answer.put(asked));
  });
  $effect(() =>
    live.onChange((change) => {
      if (change.renew) answer.renew(change.data_version);
      else if (concernedBy(change)) answer.refresh(change.data_version);
    }),
  );
  $effect(() => () => answer.stop());
  return answer;
}
