/** How long one waits for those that go first, milliseconds. */
const patience = 500;

/**
 * What the reader looks at comes before what stands around it: when a change concerns many questions, those that lead are asked
 * alone, and the others once they have been answered.
 */
export class Lead {
  readonly #leading = new Set<object>();
  readonly #behind = new Map<object, { act: () => void; timer: ReturnType<typeof setTimeout> }>();

  begin(who: object): void {
    this.#leading.add(who);
  }

  end(who: object): void {
    if (!this.#leading.delete(who) || this.#leading.size > 0) return;
    for (const other of [...this.#behind.keys()]) this.#go(other);
  }

  /** Acts when nobody leads, but for oneself, or when that takes too long. */
  follow(who: object, act: () => void): void {
    this.drop(who);
    if (this.#leading.size === 0 || this.#leading.has(who)) act();
    else this.#behind.set(who, { act, timer: setTimeout(() => this.#go(who), patience) });
  }

  /** Forgets what one was going to do. */
  drop(who: object): void {
    clearTimeout(this.#behind.get(who)?.timer);
    this.#behind.delete(who);
  }

  #go(who: object): void {
    const act = this.#behind.get(who)?.act;
    this.drop(who);
    act?.();
  }
}

export const lead = new Lead();
