import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Answer } from './answer.svelte';
import { offline } from './offline.svelte';
import { steadyNow } from './steady';

interface Asked {
  path: string;
  minVersion: string | undefined;
  aborted: () => boolean;
  answer: (status: number, version: number, keptSince?: number) => Promise<void>;
}

let asked: Asked[];

/** The programme's clock is another than the system's in a demonstration. */
const programmeTime = '2022-11-20T08:00:00+07:00';

/** Lets what has been settled run on, timers included. */
const settle = (milliseconds = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  vi.stubGlobal('document', { documentElement: { lang: 'vi' } });
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    const { promise, resolve, reject } = withResolvers<Response>();
    init.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
    asked.push({
      path,
      minVersion: (init.headers as Record<string, string>)['X-Min-Data-Version'],
      aborted: () => init.signal?.aborted ?? false,
      answer: async (status, version, keptSince) => {
        const good = {
          data: `${path}@${version}`,
          meta: { data_version: version, now: programmeTime },
        };
        const body = status === 200 ? good : { title: 'behind', status };
        const headers = new Headers();
        if (keptSince !== undefined) headers.set('X-Kept-Since', String(keptSince));
        resolve(new Response(JSON.stringify(body), { status, headers }));
        await settle();
      },
    });
    return promise;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Promise.withResolvers is younger than the oldest Node we build with. */
function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (cause: unknown) => void;
  const promise = new Promise<T>((a, b) => ([resolve, reject] = [a, b]));
  return { promise, resolve, reject };
}

async function answered(path: string, version: number): Promise<Answer<string>> {
  const answer = new Answer<string>();
  answer.put(path);
  await asked.at(-1)?.answer(200, version);
  return answer;
}

describe("when the server's version goes back", () => {
  it('forgets what was wanted and asks for what there is', async () => {
    const answer = await answered('/a', 5);
    answer.refresh(9);
    await settle(1000);
    expect(asked.at(-1)?.minVersion).toBe('9');
    const hopeless = asked.at(-1);
    answer.renew(3);
    await settle(1000);
    expect(hopeless?.aborted()).toBe(true);
    expect(asked.at(-1)?.minVersion).toBe('3');
    await asked.at(-1)?.answer(200, 3);
    expect(answer.data).toBe('/a@3');
    await settle(60_000);
    expect(asked).toHaveLength(3);
  });

  it('recovers from a question that has failed already', async () => {
    const answer = await answered('/a', 5);
    answer.refresh(9);
    await settle(1000);
    await asked.at(-1)?.answer(503, 0);
    expect(answer.failed).toBe(true);
    answer.renew(3);
    await settle(1000);
    await asked.at(-1)?.answer(200, 3);
    expect(answer.failed).toBe(false);
  });
});

describe('another question', () => {
  it('does not inherit the failure of the one before', async () => {
    const answer = await answered('/a', 5);
    answer.put('/b');
    await asked.at(-1)?.answer(400, 0);
    expect(answer.failed).toBe(true);
    answer.put('/c');
    expect(answer.failed).toBe(false);
    expect(answer.problem).toBeNull();
  });

  it('leaves the answer before on screen until its own has come', async () => {
    const answer = await answered('/a', 5);
    answer.put('/b');
    expect(answer.data).toBe('/a@5');
    await asked.at(-1)?.answer(200, 5);
    expect(answer.key).toBe('/b');
  });

  it('asked once more keeps its failure until it is answered: nothing has become better yet', async () => {
    const answer = new Answer<string>();
    answer.put('/a');
    await asked.at(-1)?.answer(400, 0);
    answer.put('/a');
    expect(answer.failed).toBe(true);
  });
});

describe('an answer that was kept, while no server answers', () => {
  it('stands in with its own date, and gives way to the server', async () => {
    const since = Date.now() - 3_600_000;
    const answer = new Answer<string>();
    answer.put('/a');
    await asked.at(-1)?.answer(200, 4, since);
    expect(answer.data).toBe('/a@4');
    expect(offline.asOf).toBe(programmeTime);
    expect(steadyNow() - answer.receivedAt).toBeGreaterThan(3_590_000);
    await settle(5000);
    expect(asked).toHaveLength(2);
    await asked.at(-1)?.answer(200, 5);
    expect([answer.data, answer.failed, offline.asOf]).toEqual(['/a@5', false, null]);
  });

  it('never takes the place of one the server gave', async () => {
    const answer = await answered('/a', 5);
    answer.refresh(6);
    await settle(1000);
    await asked.at(-1)?.answer(200, 4, Date.now() - 1000);
    expect([answer.data, answer.failed, offline.asOf]).toEqual(['/a@5', true, null]);
    await settle(4000);
    expect(asked).toHaveLength(2); // no hammering on a server that is gone
  });
});

describe('when a change concerns several questions', () => {
  it('asks what the reader looks at first, and the others once that has been answered', async () => {
    const map = new Answer<string>(true);
    map.put('/map');
    await asked.at(-1)?.answer(200, 5);
    const panel = await answered('/panel', 5);
    await settle(1000);
    panel.refresh(6);
    map.refresh(6);
    await settle();
    expect(asked.slice(2).map(({ path }) => path)).toEqual(['/map']);
    await asked.at(-1)?.answer(200, 6);
    expect(asked.slice(3).map(({ path }) => path)).toEqual(['/panel']);
    await asked.at(-1)?.answer(200, 6);
    expect([map.data, panel.data]).toEqual(['/map@6', '/panel@6']);
  });

  it('waits for nobody who has gone or has failed', async () => {
    const map = new Answer<string>(true);
    map.put('/map');
    await asked.at(-1)?.answer(200, 5);
    const panel = await answered('/panel', 5);
    await settle(1000);
    map.refresh(6);
    panel.refresh(6);
    await settle();
    await asked.at(-1)?.answer(503, 0);
    expect(asked.at(-1)?.path).toBe('/panel');
    await asked.at(-1)?.answer(200, 6);
    map.refresh(7);
    map.stop();
    panel.refresh(7);
    await settle(400);
    expect(asked.at(-1)?.minVersion).toBe('7');
    expect(asked.at(-1)?.path).toBe('/panel');
  });
});
