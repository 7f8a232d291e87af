import { describe, expect, it } from 'vitest';
import { explainKey, parseExplain } from './explain';

describe('the number in an address that is explained', () => {
  it.each([
    ['vneid_rate.248.2022-11', { indicator: 'vneid_rate', unit: '248', period: '2022-11' }],
    ['vneid_rate.08707', { indicator: 'vneid_rate', unit: '08707', period: undefined }],
    ['tasks.26.s2022-Q3', { indicator: 'tasks', unit: '26', period: 's2022-Q3' }],
  ])('%s', (key, explained) => {
    expect(parseExplain(key)).toEqual(explained);
    expect(explainKey(explained)).toBe(key);
  });

  it.each([undefined, '', 'vneid_rate', '.248', 'a.b.c.d'])('is none: %s', (key) => {
    expect(parseExplain(key)).toBeNull();
  });
});
