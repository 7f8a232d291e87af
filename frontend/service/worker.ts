import { dated, Pace, refused, unanswered, wayOf } from './kept';

declare const self: ServiceWorkerGlobalScope;

/** The built page, written in by the build: the version names its content. */
declare const __SHELL__: { version: string; files: readonly string[] };

const prefix = 'shell-';
const shell = prefix + __SHELL__.version;
const answers = 'answers-1';
const tiles = 'tiles-1';

/** Addresses of the two shells: that of the overview brings its empty places with it, which would be another page's elsewhere. */
const startPages = { overview: '/', other: '/tasks' };

/** More is dropped, the oldest first. */
const mostAnswers = 200;
const mostTiles = 1500;

/** A server that does not answer somebody going to a page within this time, milliseconds, is taken for gone. */
const patience = 5000;

const pace = new Pace(30_000, mostAnswers);

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(shell)
      .then((cache) => cache.addAll([...Object.values(startPages), ...__SHELL__.files]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { method, mode } = request;
  const accept = request.headers.get('Accept') ?? '';
  const way = wayOf({
    method,
    mode,
    accept,
    url: new URL(request.url),
    origin: self.location.origin,
  });
  if (way === 'shell') event.respondWith(page(request));
  if (way === 'asset') event.respondWith(lasting(request, null));
  if (way === 'tile') event.respondWith(lasting(request, tiles));
  if (way === 'answer') event.respondWith(answer(request));
  if (way === 'session') event.respondWith(session(request));
});

/** The shells before the last one go; that one stays for pages opened with it. */
async function tidy(): Promise<void> {
  const shells = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== shell);
  await Promise.all(shells.slice(0, -1).map((name) => caches.delete(name)));
}

/** The page from the server; the kept shell when no server answers in time. */
async function page(request: Request): Promise<Response> {
  const asked = fetch(request);
  const late = new Promise<null>((tell) => setTimeout(() => tell(null), patience));
  const first = await Promise.race([asked, late]).catch(() => null);
  if (first && !unanswered(first.status)) return first;
  const { pathname } = new URL(request.url);
  const kept = await (
    await caches.open(shell)
  ).match(pathname === startPages.overview ? startPages.overview : startPages.other);
  return kept ?? first ?? asked;
}

/** What never changes under its address: kept, or fetched once and kept when a store is named. */
async function lasting(request: Request, store: string | null): Promise<Response> {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (store !== null && answer.status === 200)
    await keep(store, request, answer.clone(), mostTiles);
  return answer;
}

/** The server's answer; its last good one, dated, when none comes. */
async function answer(request: Request): Promise<Response> {
  const given = await fetch(request).catch((cause: unknown) => {
    if (request.signal.aborted) throw cause; // nobody waits for it
    return null;
  });
  if (given === null || unanswered(given.status)) {
    const kept = await (await caches.open(answers)).match(request, { ignoreVary: true });
    return kept ?? given ?? Response.error();
  }
  if (refused(given.status))
    await (await caches.open(answers)).delete(request, { ignoreVary: true });
  if (given.status === 200 && pace.due(request.url, Date.now())) {
    await keep(answers, request, dated(given.clone(), Date.now()), mostAnswers);
  }
  return given;
}

/** Another session may see other figures: what was kept for the one before goes. */
async function session(request: Request): Promise<Response> {
  const answer = await fetch(request);
  if (answer.ok) await Promise.all([caches.delete(answers), caches.delete(tiles)]);
  return answer;
}

/** Puts an answer away; a disk that is full costs the copy, never the answer. */
async function keep(store: string, request: Request, copy: Response, most: number): Promise<void> {
  try {
    const cache = await caches.open(store);
    await cache.put(new Request(request.url), copy);
    const keys = await cache.keys();
    await Promise.all(
      keys.slice(0, Math.max(0, keys.length - most)).map((key) => cache.delete(key)),
    );
  } catch (cause) {
    console.warn('not kept', request.url, cause);
  }
}
