/**
 * What the service worker does with a request, without the worker around it.
 *
 * The rule: the network is always asked first for everything that can change. What was kept is
 * given only when no server answered, and then says so in a header, so that nobody takes it for fresh.
 */

/** Header of an answer that was kept: when the server gave it, milliseconds since 1970. */
export const keptSince = 'X-Kept-Since';

/** Ways of handling a request. `pass` is the browser's own business. */
export type Way = 'pass' | 'shell' | 'asset' | 'tile' | 'answer' | 'session';

/** Questions whose last good answer a page may stand on; what only insiders see is never kept. */
const questions =
  /^\/api\/v1\/(catalog|units|boundaries|indicators|population|tasks|completion|obstacles|reports)(\/|$)/;

/** Addresses that are not pages of ours though a browser may go there. */
const foreign = /^\/(api|tiles|docs|metrics|healthz|readyz|assets)(\/|$)/;

/** What a request asks for. */
export interface Asked {
  method: string;
  /** As in Request.mode: "navigate" is somebody going to a page. */
  mode: string;
  accept: string;
  url: URL;
  origin: string;
}

/** How to handle a request. */
export function wayOf({ method, mode, accept, url, origin }: Asked): Way {
  if (url.origin !== origin) return 'pass';
  if (url.pathname === '/api/v1/session') return method === 'GET' ? 'pass' : 'session';
  if (method !== 'GET') return 'pass';
  if (mode === 'navigate') return foreign.test(url.pathname) ? 'pass' : 'shell';
  if (url.pathname.startsWith('/assets/') || url.pathname === '/icon.svg') return 'asset';
  if (url.pathname.startsWith('/tiles/')) return 'tile';
  // Tables and workbooks are asked for by other types, and go to a file.
  if (questions.test(url.pathname) && takesJson(accept)) return 'answer';
  return 'pass';
}

/** Whether the API answers with JSON: to whoever asks for it, and to a browser that fetches what a page announced, which names no type. */
function takesJson(accept: string): boolean {
  return accept.includes('application/json') || accept === '*/*';
}

/** Whether nobody answered who knows the figures: a gateway, or a server that cannot ask its warehouse. */
export function unanswered(status: number): boolean {
  return status >= 502 && status <= 504;
}

/** Whether the server refuses the question to whoever asks now: then a kept answer is not theirs. */
export function refused(status: number): boolean {
  return status === 401 || status === 403;
}

/** A copy of an answer that carries when it was given. */
export function dated(answer: Response, at: number): Response {
  const headers = new Headers(answer.headers);
  headers.set(keptSince, String(at));
  // The body is no longer as it was sent: these would be wrong about it.
  headers.delete('Content-Encoding');
  headers.delete('Content-Length');
  return new Response(answer.body, { status: answer.status, headers });
}

/** When a kept answer was given; null for one that comes from the server. */
export function keptAt(answer: Response): number | null {
  const said = answer.headers.get(keptSince);
  return said === null ? null : Number(said);
}

/** Lets each key through at most once in a while: a stream of figures must not wear out a disk. */
export class Pace {
  readonly #last = new Map<string, number>();

  constructor(
    readonly every: number,
    readonly most: number,
  ) {}

  /** Whether it is this key's turn; a clock that was set back is no reason to wait. */
  due(key: string, now: number): boolean {
    const last = this.#last.get(key);
    if (last !== undefined && now >= last && now - last < this.every) return false;
    this.#last.delete(key);
    this.#last.set(key, now);
    const oldest = this.#last.keys().next();
    if (this.#last.size > this.most && !oldest.done) this.#last.delete(oldest.value);
    return true;
  }
}
