/**
 * The scene to show after this one: the next that has something to show, or simply the next
 * when none has. It never stays because of a failing scene.
 */
export function nextScene(current: number, ready: readonly boolean[]): number {
  const n = ready.length;
  if (n === 0) return 0;
  for (let step = 1; step <= n; step++) {
    const candidate = (current + step) % n;
    if (ready[candidate]) return candidate;
  }
  return (current + 1) % n;
}

/** How long a scene stands, milliseconds; a catalogue without a number gets a calm quarter minute. */
export function sceneTime(seconds: number): number {
  return (seconds > 0 ? seconds : 15) * 1000;
}
