import { describe, expect, it } from 'vitest';
import type { RankingRow } from '../api/types';
import { bothEnds, fold, sortRows } from './table';

const row = (name: string, value: number | null, rank: number | null): RankingRow => ({
  unit: name,
  name,
  level: 'commune',
  value,
  numerator: null,
  denominator: null,
  coverage: { reported: 1, expected: 1, share: 1 },
  status: value === null ? 'no_data' : 'on_track',
  target: null,
  flags: [],
  last_observation: null,
  rank,
  rank_of: 3,
  previous_rank: null,
  movement: null,
  change: null,
});

const rows = [
  row('Đại Đình', 40, 2),
  row('Bồ Lý', null, null),
  row('An Hoà', 60, 1),
  row('Ẩn', 40, 2),
];
const names = (sort: Parameters<typeof sortRows>[1]): string[] =>
  sortRows(rows, sort, 'vi-VN').map((r) => r.name);

describe('sorting the ranking', () => {
  it('by rank, ties by name', () => {
    expect(names({ column: 'rank', descending: false })).toEqual([
      'An Hoà',
      'Ẩn',
      'Đại Đình',
      'Bồ Lý',
    ]);
  });
  it('keeps rows without data last both ways', () => {
    expect(names({ column: 'value', descending: true }).at(-1)).toBe('Bồ Lý');
    expect(names({ column: 'value', descending: false }).at(-1)).toBe('Bồ Lý');
  });
  it('by name in Vietnamese order: đ after d, marks within their letter', () => {
    expect(names({ column: 'name', descending: false })).toEqual([
      'An Hoà',
      'Ẩn',
      'Bồ Lý',
      'Đại Đình',
    ]);
  });
});

it.each([
  [9, [1, 2, 3, 4], [9, 8, 7, 6]],
  [136, [1, 2, 3, 4, 5], [136, 135, 134, 133, 132]],
  [1, [], []],
])('shows both ends of %d rows, no row twice', (n, first, last) => {
  const ranked = Array.from({ length: n }, (_, i) => i + 1);
  expect(bothEnds(ranked, 5)).toEqual({ first, last });
});

it.each([
  ['Đại Đình', 'dai dinh'],
  ['Xuân Hoà', 'xuan hoa'],
  ['Xuân Hòa', 'xuan hoa'],
])('finds %s as %s', (name, folded) => {
  expect(fold(name)).toBe(folded);
});
