import { describe, expect, it } from 'vitest';
import { dated, keptAt, Pace, refused, unanswered, wayOf, type Asked } from './kept';

const origin = 'http://wall.test';
const asked = (path: string, more: Partial<Asked> = {}): Asked => ({
  method: 'GET',
  mode: 'cors',
  accept: 'application/json',
  url: new URL(path, origin),
  origin,
  ...more,
});

describe('the way of a request', () => {
  it.each([
    ['/wall/default', { mode: 'navigate' }, 'shell'],
    ['/units/249?lang=en', { mode: 'navigate' }, 'shell'],
    ['/api/v1/tasks', { mode: 'navigate' }, 'pass'],
    ['/docs', { mode: 'navigate' }, 'pass'],
    ['/assets/index-a1.js', { accept: '*/*' }, 'asset'],
    ['/tiles/vp/9/1/2.mvt?v=3', { accept: '*/*' }, 'tile'],
    ['/api/v1/catalog', {}, 'answer'],
    ['/api/v1/indicators/vneid_rate/ranking?level=commune', {}, 'answer'],
    ['/api/v1/catalog', { accept: '*/*' }, 'answer'],
    ['/api/v1/tasks', { accept: 'text/csv' }, 'pass'],
    ['/api/v1/events', { accept: '*/*' }, 'pass'],
    ['/api/v1/session', { accept: '*/*' }, 'pass'],
    ['/api/v1/events', { accept: 'text/event-stream' }, 'pass'],
    ['/api/v1/submissions', {}, 'pass'],
    ['/api/v1/quality', {}, 'pass'],
    ['/api/v1/session', {}, 'pass'],
    ['/api/v1/session', { method: 'POST' }, 'session'],
    ['/api/v1/ingest/observations', { method: 'POST' }, 'pass'],
    ['http://elsewhere.test/api/v1/catalog', {}, 'pass'],
  ] as const)('%s %o: %s', (path, more, way) => {
    expect(wayOf(asked(path, more))).toBe(way);
  });
});

it('stands in for a server that is gone, not for one that says no', () => {
  expect([500, 502, 503, 504, 429].filter(unanswered)).toEqual([502, 503, 504]);
  expect([400, 401, 403, 404].filter(refused)).toEqual([401, 403]);
});

it('dates what it keeps', async () => {
  const fresh = new Response('{"data":1}', { headers: { ETag: '"a"', 'Content-Length': '10' } });
  expect(keptAt(fresh)).toBeNull();
  const kept = dated(fresh, 1_700_000_000_000);
  expect(keptAt(kept)).toBe(1_700_000_000_000);
  expect(kept.headers.get('ETag')).toBe('"a"');
  expect(await kept.text()).toBe('{"data":1}');
});

describe('the pace of keeping', () => {
  it('keeps one question once in a while, others beside it', () => {
    const pace = new Pace(1000, 10);
    expect(pace.due('a', 0)).toBe(true);
    expect(pace.due('a', 999)).toBe(false);
    expect(pace.due('b', 999)).toBe(true);
    expect(pace.due('a', 1000)).toBe(true);
  });
  it('does not wait for a clock that was set back', () => {
    const pace = new Pace(1000, 10);
    pace.due('a', 5_000_000);
    expect(pace.due('a', 10)).toBe(true);
  });
  it('forgets the longest unseen', () => {
    const pace = new Pace(1000, 2);
    for (const key of ['a', 'b', 'c']) pace.due(key, 0);
    expect(pace.due('c', 1)).toBe(false);
    expect(pace.due('a', 1)).toBe(true);
  });
});
