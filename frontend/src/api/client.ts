import { keptAt } from '../../service/kept';
import { ground } from './ground.svelte';
import type { Envelope, Problem } from './types';

/** A failure the page can show: what the server said (RFC 9457), or that it could not be reached. */
export class ApiError extends Error {
  constructor(readonly problem: Problem | null) {
    super(problem?.detail ?? problem?.title ?? 'network');
  }
}

/**
 * Asks the API. The browser's own cache revalidates by ETag (answers are no-cache), so an
 * unchanged answer costs a 304. minVersion makes the server wait until that data version
 * can be read. Without a server the service worker gives the last good answer, dated. Throws ApiError, or DOMException AbortError when the signal was aborted.
 */
export async function ask<T>(
  path: string,
  options: { signal?: AbortSignal; minVersion?: number } = {},
): Promise<Envelope<T>> {
  const headers: Record<string, string> = {
    Accept: 'application/json',
    'Accept-Language': document.documentElement.lang, // problems are shown as they come
  };
  if (options.minVersion) headers['X-Min-Data-Version'] = String(options.minVersion);
  const response = await fetch(path, { headers, signal: options.signal ?? null }).catch(
    (cause: unknown) => {
      if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
      throw new ApiError(null);
    },
  );
  if (!response.ok) throw new ApiError(await problemOf(response));
  const answer = (await response.json()) as Omit<Envelope<T>, 'keptSince'>;
  return { ...answer, keptSince: keptAt(response) };
}

async function problemOf(response: Response): Promise<Problem | null> {
  try {
    return (await response.json()) as Problem;
  } catch {
    return null; // a proxy's HTML page says nothing a reader could use
  }
}

/** What is the same on every boundary set, or on that of its period, and takes no parameter for one. */
const groundless = ['catalog', 'boundaries', 'reports', 'submissions'];

/** Builds an API path; empty parameters are left out. Questions are about the boundary set shown unless they name one. */
export function apiPath(path: string, query: Record<string, string | undefined> = {}): string {
  const params = new URLSearchParams();
  const on = groundless.includes(path) ? {} : { boundaries: ground.boundaries };
  for (const [key, value] of Object.entries({ ...on, ...query })) {
    if (value) params.set(key, value);
  }
  const search = params.toString();
  return `/api/v1/${path}${search && `?${search}`}`;
}
