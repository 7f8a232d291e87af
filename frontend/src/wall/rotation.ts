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

/** A wall says calmly that its figures are old after so long, milliseconds. */
const oldAfter = 10 * 60_000;

/** Whether figures nobody has stood by for so long are to be called old. */
export function isOld(age: number): boolean {
  return age > oldAfter;
}

/**
 * When the server last stood by an answer: when it gave it, or since then through a stream that would have told of a
 * change. A question that has failed meanwhile is not covered by the stream.
 */
export function confirmedAt(
  answer: { receivedAt: number; failed: boolean },
  heardAt: number,
): number {
  return answer.failed ? answer.receivedAt : Math.max(answer.receivedAt, heardAt);
}

/** Milliseconds since the server last stood by an answer; null before it gave one. */
export function ageOf(
  answer: { receivedAt: number; failed: boolean },
  heardAt: number,
  now: number,
): number | null {
  return answer.receivedAt ? Math.max(0, now - confirmedAt(answer, heardAt)) : null;
}

/** The greatest of the ages that are known; null when none is. */
export function oldest(ages: readonly (number | null)[]): number | null {
  const known = ages.filter((age) => age !== null);
  return known.length > 0 ? Math.max(...known) : null;
}

/** Scenes the rotation passes over on its way from one to the next. */
export function passedOver(from: number, to: number, n: number): number[] {
  const passed: number[] = [];
  for (let scene = (from + 1) % n; scene !== to && passed.length < n; scene = (scene + 1) % n) {
    passed.push(scene);
  }
  return passed;
}

/** A scene that broke is tried again after so long, milliseconds. */
const restsFor = 5 * 60_000;

/** Scenes that broke and rest. Times are those of the steady clock. */
export class Broken {
  readonly #since = new Map<number, number>();

  mark(scene: number, now: number): void {
    this.#since.set(scene, now);
  }

  is(scene: number, now: number): boolean {
    const since = this.#since.get(scene);
    return since !== undefined && now - since < restsFor;
  }
}
