/**
 * Now, milliseconds since 1970, by a clock nobody sets: ages and waits go by it, so that a wall whose
 * system clock jumps neither calls fresh figures old nor stands still.
 */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}

/** When something happened by the steady clock that happened `at` by the system's; never in the future. */
export function toSteady(at: number): number {
  return steadyNow() - Math.max(0, Date.now() - at);
}
