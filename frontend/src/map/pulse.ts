/** How long a changed unit glows, milliseconds. */
export const pulseTime = 2400;

/**
 * How long one brightness stays, milliseconds. Every step draws the whole map: a glow says no more at sixty a second, and a
 * screen that draws in software would do nothing else.
 */
export const pulseStep = 80;

/**
 * Opacity of the glow at an age: two calm beats that fade, or with reduced motion a steady
 * outline that goes away.
 */
export function pulseOpacity(age: number, reducedMotion: boolean): number {
  if (age < 0 || age >= pulseTime) return 0;
  if (reducedMotion) return 0.9;
  const beat = Math.sin((age / pulseTime) * 2 * Math.PI - Math.PI / 2) * 0.5 + 0.5;
  const fade = 1 - age / pulseTime;
  return Math.min(1, fade + beat * 0.35) * (age < 120 ? age / 120 : 1) * Math.sqrt(fade);
}

/** Units that glow, until they have; each step tells how brightly. */
export class Pulses {
  readonly #since = new Map<string, number>();
  #next: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly glow: (code: string, opacity: number) => void,
    private readonly reducedMotion: () => boolean,
  ) {}

  /** Lets units glow from now on, also those that still do. */
  begin(codes: readonly string[]): void {
    const now = performance.now();
    for (const code of codes) this.#since.set(code, now);
    clearTimeout(this.#next);
    this.#step();
  }

  stop(): void {
    clearTimeout(this.#next);
    this.#since.clear();
  }

  #step(): void {
    const now = performance.now();
    for (const [code, since] of this.#since) {
      const age = now - since;
      this.glow(code, pulseOpacity(age, this.reducedMotion()));
      if (age >= pulseTime) this.#since.delete(code);
    }
    if (this.#since.size > 0) this.#next = setTimeout(() => this.#step(), pulseStep);
  }
}
