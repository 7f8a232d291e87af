import { describe, expect, it } from 'vitest';
import type { Value } from '../api/types';
import { notApplicable, suppressed, unknown } from './classes';
import { bubbleKey, bubbles, lead, markOf, statusScale, targetScale, valueScale } from './scales';

type Row = Pick<Value, 'unit' | 'value' | 'target' | 'status' | 'flags'>;
const row = (value: number | null, more: Partial<Row> = {}): Row => ({
  unit: 'u',
  value,
  target: 50,
  status: 'behind',
  flags: [],
  ...more,
});

const absent = [
  [row(null, { status: 'no_data' }), unknown],
  [row(null, { status: 'not_applicable' }), notApplicable],
  [row(null, { status: 'no_data', flags: ['suppressed'] }), suppressed],
] as const;

describe.each([
  ['value', valueScale([10, 20], 'light')],
  ['target', targetScale([row(40)], 'higher', 'light')],
  ['status', statusScale('light')],
] as const)('coloured by %s', (_, scale) => {
  it.each(absent)('what is no value has no class: %j', (of, paint) => {
    expect(scale.paint(of)).toBe(paint);
  });

  it('there is a colour for every class', () => {
    if (scale.by !== 'status') expect(scale.colours).toHaveLength(scale.breaks.length + 1);
    for (const value of [0, 15, 49, 50, 51, 99]) {
      expect(scale.colours[scale.paint(row(value))]).toMatch(/^#/);
    }
  });
});

describe('around the target path', () => {
  const rows = [30, 38, 44, 49, 52, 56].map((value) => row(value));
  it('classes lie alike on both sides, a round step apart', () => {
    expect(targetScale(rows, 'higher', 'light').breaks).toEqual([-20, -10, 0, 10, 20]);
  });

  it('on the path is not behind it', () => {
    const { paint } = targetScale(rows, 'higher', 'light');
    expect(paint(row(50))).toBe(3);
    expect(paint(row(49.9))).toBe(2);
  });

  it('less is more where lower is better', () => {
    expect(lead(row(40), 'lower')).toBe(10);
    expect(lead(row(40), 'higher')).toBe(-10);
    expect(lead(row(40, { target: null }), 'higher')).toBeNull();
  });

  it('a unit without a path has no class', () => {
    expect(targetScale(rows, 'higher', 'light').paint(row(40, { target: null }))).toBe(unknown);
  });
});

describe('statuses', () => {
  const { paint } = statusScale('dark');
  it.each([
    ['achieved', 0],
    ['behind', 3],
    ['not_yet_due', 4],
    ['no_target', 4],
  ] as const)('%s is class %i', (status, at) => {
    expect(paint(row(1, { status }))).toBe(at);
  });
});

describe('marks', () => {
  it.each([
    [['estimated', 'partial'], 1],
    [['partial'], 2],
    [['stale'], 0],
    [[], 0],
  ] as const)('of %j', (flags, mark) => {
    expect(markOf({ value: 3, flags: [...flags] })).toBe(mark);
    expect(markOf({ value: null, flags: [...flags] })).toBe(0);
  });
});

describe('bubbles', () => {
  it('have areas as their counts, and none for nothing', () => {
    const rows = [
      { unit: 'a', value: 400 },
      { unit: 'b', value: 100 },
      { unit: 'c', value: 0 },
      { unit: 'd', value: null },
    ];
    expect([...bubbles(rows)]).toEqual([
      ['a', 1],
      ['b', 0.5],
    ]);
    expect([...bubbles([])]).toEqual([]);
  });

  it.each([
    [
      [9050, 3],
      [5000, 1250],
    ],
    [[1], [1]],
    [[0, null], []],
  ])('have a key of round counts: %j', (values, key) => {
    expect(bubbleKey(values.map((value) => ({ value })))).toEqual(key);
  });
});
