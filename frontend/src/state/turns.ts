const waiting: (() => void)[] = [];

/**
 * Does something in a task of its own, after all that was put here before: between two the browser paints and hears
 * the reader, so that a large page never holds them up. What goes first goes before all that waits. Gives the function that takes it back.
 */
export function inTurn(act: () => void, { first = false }: { first?: boolean } = {}): () => void {
  // The turn of the first that waits may have been called already: it is left in its place.
  if (first && waiting.length > 0) waiting.splice(1, 0, act);
  else waiting.push(act);
  if (waiting.length === 1) pause();
  return () => {
    const at = waiting.indexOf(act);
    if (at > 0) waiting.splice(at, 1);
    else if (at === 0) waiting[0] = nothing; // its turn has been called
  };
}

const nothing = (): void => undefined;

function pause(): void {
  // A page nobody sees gets no frames.
  if (document.hidden) setTimeout(next);
  else requestAnimationFrame(() => setTimeout(next));
}

function next(): void {
  const act = waiting[0] ?? nothing;
  try {
    act();
  } finally {
    waiting.shift();
    if (waiting.length > 0) pause();
  }
}

/** Nothing waits longer for a quiet moment, milliseconds. */
const patience = 2000;

/**
 * Does something when nothing else is to be done, what nobody sees yet. Gives the function that takes it back. Not every browser tells
 * when that is: there it gets a turn like all others.
 */
export function whenIdle(act: () => void): () => void {
  if (!('requestIdleCallback' in globalThis)) return inTurn(act);
  const asked = requestIdleCallback(act, { timeout: patience });
  return () => cancelIdleCallback(asked);
}
