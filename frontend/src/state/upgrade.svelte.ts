import { live } from '../api/live.svelte';
import { newShell } from './shell';

/**
 * Another page after an upgrade of the server. It is `ready` when all of it has been fetched; who
 * shows something says when the moment is calm: a wall between two scenes, a page on the way to another.
 */
class Upgrade {
  ready = $state(false);

  /** Looks after every connection; gives the function that ends it. */
  start(): () => void {
    return live.onHello(() => void this.#look());
  }

  async #look(): Promise<void> {
    const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
    this.ready = await newShell(script?.getAttribute('src') ?? null);
  }
}

export const upgrade = new Upgrade();

/** How long a page leaves the network to itself before its worker fetches the shell once more, milliseconds. */
const calm = 8000;

/**
 * Gives the page its service worker, which keeps the shell and the last good answers. A wall needs it at once, a page
 * when what its reader waits for has come. Browsers have none on plain http beyond this machine; pages work without.
 */
export function keepShell(atOnce: boolean): () => void {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return () => undefined;
  const register = (): void =>
    void navigator.serviceWorker
      .register('/sw.js', { updateViaCache: 'none' })
      .catch((cause: unknown) => console.warn('no service worker', cause));
  const timer = setTimeout(register, atOnce ? 0 : calm);
  return () => clearTimeout(timer);
}
