/** What a reader does first: on a wall, and in a tab nobody has looked at yet, none of it happens. */
const signs = ['pointermove', 'pointerdown', 'wheel', 'keydown'] as const;

let seen = false;

/** Calls once when a reader is there, at once if one has been seen before; gives the function that ends the waiting. */
export function whenReader(call: () => void): () => void {
  if (seen) {
    call();
    return () => undefined;
  }
  const heard = new AbortController();
  const listener = (): void => {
    seen = true;
    heard.abort();
    call();
  };
  for (const sign of signs) {
    addEventListener(sign, listener, { signal: heard.signal, capture: true, passive: true });
  }
  return () => heard.abort();
}

/** Calls when the page has nothing else to do, or after a second all the same. */
export function whenIdle(call: () => void): () => void {
  // Safari has no such thing.
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(call, 200);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(call, { timeout: 1000 });
  return () => cancelIdleCallback(handle);
}
