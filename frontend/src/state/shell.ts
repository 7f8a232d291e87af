/** The entry script a shell names; null for a page that is no shell of ours. */
export function entryOf(html: string): string | null {
  return /<script[^>]+src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? null;
}

/** Every file of ours a shell names. */
export function filesOf(html: string): string[] {
  return [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].flatMap((match) => match[1] ?? []);
}

/**
 * Whether the server has another page than the one that runs, and all of it can be had: only then is a
 * reload safe. Anything that fails means no; it is asked again with the next connection.
 */
export async function newShell(running: string | null): Promise<boolean> {
  try {
    const answer = await fetch('/', { cache: 'no-store' });
    const html = answer.ok ? await answer.text() : '';
    const entry = entryOf(html);
    if (running === null || entry === null || entry === running) return false;
    const files = await Promise.all(filesOf(html).map((file) => fetch(file)));
    await navigator.serviceWorker?.getRegistration().then((worker) => worker?.update());
    return files.every((file) => file.ok);
  } catch {
    return false;
  }
}
