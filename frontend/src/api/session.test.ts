import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepSession, openSession, takeToken } from './session';

const token = 'toancanh_z2h4gjhzic_FDV3IPWXNAVDEW2KBXJKRDJJNM';

/** What the page asked of the server, and what the server will say next. */
let asked: { path: string; method: string; authorization: string | undefined }[];
let answers: (Response | null)[];
let replaced: string[];

function at(address: string): void {
  const url = new URL(address, 'http://localhost');
  vi.stubGlobal('location', url);
}

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  answers = [];
  replaced = [];
  vi.stubGlobal('document', { documentElement: { lang: 'vi' } });
  vi.stubGlobal('history', {
    state: null,
    replaceState: (_: unknown, __: string, to: string) => replaced.push(to),
  });
  vi.stubGlobal('fetch', (path: string, init: RequestInit = {}) => {
    const headers = init.headers as Record<string, string> | undefined;
    asked.push({
      path,
      method: init.method ?? 'GET',
      authorization: headers?.Authorization,
    });
    const answer = answers.shift();
    return answer ? Promise.resolve(answer) : Promise.reject(new TypeError('no network'));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('an access link', () => {
  it('gives its token and leaves the address without it', () => {
    at(`/wall/default?lang=en#token=${token}`);
    expect(takeToken()).toBe(token);
    expect(replaced).toEqual(['/wall/default?lang=en']);
  });

  it.each(['/wall/default', '/#main', '/#token=', '/#token=other', `/?token=${token}`])(
    'is not %s',
    (address) => {
      at(address);
      expect(takeToken()).toBeNull();
      expect(replaced).toEqual([]);
    },
  );

  it('is exchanged with the token in a header, never in an address', async () => {
    at(`/#token=${token}`);
    answers = [new Response('{}')];
    expect(await openSession()).toBeNull();
    expect(asked).toEqual([
      { path: '/api/v1/session', method: 'POST', authorization: `Bearer ${token}` },
    ]);
  });

  it('waits for a server that does not answer yet', async () => {
    at(`/#token=${token}`);
    answers = [null, new Response('', { status: 503 }), new Response('{}')];
    const opened = openSession();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await opened).toBeNull();
    expect(asked).toHaveLength(3);
  });

  it('says why its token is refused', async () => {
    at(`/#token=${token}`);
    answers = [Response.json({ code: 'token_expired' }, { status: 401 })];
    expect(await openSession()).toEqual({ code: 'token_expired' });
  });

  it('is not needed', async () => {
    at('/');
    expect(await openSession()).toBeNull();
    expect(asked).toEqual([]);
  });
});

describe('a session', () => {
  it('is renewed at once and every day', async () => {
    answers = [new Response('{}'), null, new Response('{}')];
    const stop = keepSession();
    await vi.advanceTimersByTimeAsync(2 * 24 * 3600 * 1000 + 1);
    expect(asked).toHaveLength(3);
    stop();
    await vi.advanceTimersByTimeAsync(2 * 24 * 3600 * 1000);
    expect(asked).toHaveLength(3);
  });
});
