import { describe, expect, it } from 'vitest';
import {
  breaksFor,
  changedValues,
  classOf,
  notApplicable,
  paintOf,
  repaints,
  suppressed,
  unknown,
} from './classes';

describe('legend classes', () => {
  const breaks = [20, 40, 60];
  it.each([
    [-5, 0],
    [0, 0],
    [19.99, 0],
    [20, 1],
    [59.9, 2],
    [60, 3],
    [100, 3],
  ])('%d belongs to class %d', (value, expected) => {
    expect(classOf(value, breaks)).toBe(expected);
  });

  it('are one class without breaks', () => {
    expect(classOf(7, [])).toBe(0);
  });
});

describe('breaks of a total', () => {
  const total = {
    formula: { kind: 'sum' as const, text: 'sum(a)', numerator: [], denominator: [], parts: [] },
    legend: { breaks: [10] },
  };
  it('are its own where they tell units apart', () => {
    expect(breaksFor(total, [{ value: 5 }, { value: 20 }])).toEqual([10]);
  });
  it('are fifths of the units where they do not', () => {
    const rows = [111, 222, 333, 444, 555].map((value) => ({ value }));
    expect(breaksFor(total, rows)).toEqual([220, 330, 440, 560]);
  });
  it('are never invented for a rate', () => {
    const rate = { ...total, formula: { ...total.formula, kind: 'ratio' as const } };
    expect(breaksFor(rate, [{ value: 55 }, { value: 66 }])).toEqual([10]);
  });
});

describe('no data is not zero', () => {
  it.each([
    [{ value: 0, status: 'behind', flags: [] }, 0],
    [{ value: null, status: 'no_data', flags: [] }, unknown],
    [{ value: null, status: 'not_applicable', flags: [] }, notApplicable],
    [{ value: null, status: 'no_data', flags: ['suppressed'] }, suppressed],
  ] as const)('%j', (row, paint) => {
    expect(paintOf({ ...row, flags: [...row.flags] }, [50])).toBe(paint);
  });
});

describe('live changes', () => {
  it('repaint only what changed', () => {
    const before = new Map([
      ['a', 0],
      ['b', 1],
      ['c', 2],
    ]);
    const after = new Map([
      ['a', 0],
      ['b', 3],
      ['d', 1],
    ]);
    expect([...repaints(before, after)]).toEqual([
      ['b', 3],
      ['d', 1],
      ['c', unknown],
    ]);
  });

  it('pulse where the value moved, even within its class', () => {
    const before = [
      { unit: 'a', value: 1 },
      { unit: 'b', value: null },
      { unit: 'c', value: 3 },
    ];
    const after = [
      { unit: 'a', value: 1.2 },
      { unit: 'b', value: 2 },
      { unit: 'c', value: 3 },
      { unit: 'new', value: 9 },
    ];
    expect(changedValues(before, after)).toEqual(['a', 'b']);
    expect(changedValues([], after)).toEqual([]);
  });
});
