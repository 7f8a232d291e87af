import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Lead } from './lead';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function three() {
  const lead = new Lead();
  const did: string[] = [];
  const [map, panel, list] = [{}, {}, {}];
  const follow = (who: object, name: string) => lead.follow(who, () => did.push(name));
  return { lead, did, map, panel, list, follow };
}

it('lets everybody act at once while nobody leads', () => {
  const { did, panel, follow } = three();
  follow(panel, 'panel');
  expect(did).toEqual(['panel']);
});

it('lets who leads act, and the others when it has ended', () => {
  const { lead, did, map, panel, list, follow } = three();
  lead.begin(map);
  follow(panel, 'panel');
  follow(map, 'map');
  follow(list, 'list');
  expect(did).toEqual(['map']);
  lead.end(map);
  expect(did).toEqual(['map', 'panel', 'list']);
  lead.end(map);
  vi.runAllTimers();
  expect(did).toHaveLength(3);
});

it('waits for all that lead, but not for ever, and forgets who has gone', () => {
  const { lead, did, map, panel, list, follow } = three();
  const beside = {};
  lead.begin(map);
  lead.begin(beside);
  follow(panel, 'panel');
  follow(list, 'list');
  lead.drop(list);
  lead.end(map);
  expect(did).toEqual([]);
  vi.advanceTimersByTime(500);
  expect(did).toEqual(['panel']);
  lead.end(beside);
  expect(did).toEqual(['panel']);
});
