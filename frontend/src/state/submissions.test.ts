import { describe, expect, it } from 'vitest';
import type { Submission } from '../api/types';
import { withNewest, withOlder, type Read } from './submissions';

const read = (ids: string, next?: string): Read => ({
  rows: [...ids].map((submission) => ({ submission }) as Submission),
  next,
});
const ids = ({ rows }: Read): string => rows.map(({ submission }) => submission).join('');

describe('submissions read page by page', () => {
  it('go on where the last page ended', () => {
    const both = withOlder(read('fe', 'after-e'), read('dc', 'after-c'));
    expect([ids(both), both.next]).toEqual(['fedc', 'after-c']);
    expect(withOlder(both, read('ba')).next).toBeUndefined();
  });

  it('get new ones on top, and keep the older ones that were asked for', () => {
    const later = withNewest(read('fedc', 'after-c'), read('hgf', 'after-f'));
    expect([ids(later), later.next]).toEqual(['hgfedc', 'after-c']);
  });

  it('begin anew rather than leave out what lies between', () => {
    const later = withNewest(read('fedc', 'after-c'), read('zyx', 'after-x'));
    expect([ids(later), later.next]).toEqual(['zyx', 'after-x']);
  });

  it('never show one twice', () => {
    expect(ids(withOlder(read('fed', 'after-d'), read('dc')))).toBe('fedc');
    expect(ids(withNewest(read('fe'), read('fe')))).toBe('fe');
  });
});
