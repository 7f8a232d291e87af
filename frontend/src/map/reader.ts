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
