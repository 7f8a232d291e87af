import { describe, expect, it } from 'vitest';
import { messages } from '../i18n';
import {
  askable,
  carryPeriod,
  corresponds,
  periodLabel,
  periodName,
  periodShort,
  periodsOf,
  placeOf,
  statutorySpan,
} from './period';

const vi = messages('vi');
const en = messages('en');

describe('period names', () => {
  it.each([
    ['2022-11', 'Tháng 11/2022', 'November 2022'],
    ['2022-W24', 'Tuần 24/2022', 'Week 24, 2022'],
    ['s2022-W24', 's2022-W24', 's2022-W24'],
    ['2022-Q2', 'Quý II/2022', 'Q2 2022'],
    ['2022-H1', '6 tháng đầu năm 2022', 'First half of 2022'],
    ['2022', 'Năm 2022', '2022'],
    ['2022-06-15', '15/06/2022', '15/06/2022'],
    ['nonsense', 'nonsense', 'nonsense'],
  ])('%s', (id, vietnamese, english) => {
    expect(periodName(id, vi, 'vi')).toBe(vietnamese);
    expect(periodName(id, en, 'en')).toBe(english);
  });

  it('are short on an axis', () => {
    expect(periodShort('s2022-06', vi, 'vi')).toBe('6/2022');
    expect(periodShort('2022-Q4', vi, 'vi')).toBe('Quý IV/2022');
  });
});

describe('statutory periods say their days', () => {
  it.each([
    ['s2022-11', '15/10–14/11/2022'],
    ['s2022-01', '15/12/2021–14/1/2022'],
    ['s2022-Q2', '15/3–14/6/2022'],
    ['s2022-H1', '15/12/2021–14/6/2022'],
    ['s2022', '15/12/2021–14/12/2022'],
    ['2022-11', ''],
  ])('%s', (id, span) => {
    expect(statutorySpan(id)).toBe(span);
  });

  it('beside the name', () => {
    expect(periodLabel('s2022-11', vi, 'vi')).toBe('Tháng 11/2022 (15/10–14/11/2022)');
    expect(periodLabel('2022-11', vi, 'vi')).toBe('Tháng 11/2022');
  });
});

type PeriodKind = Parameters<typeof askable>[1]['period_kinds'][number];

const asked = (
  first: string,
  last: string,
  ...period_kinds: PeriodKind[]
): Parameters<typeof askable>[1] => ({ periods: [first, last], period_kinds });
const statutory = asked('s2022-01', 's2022-11', 'statutory_month', 'statutory_quarter');
const monthly = asked('2021-01', '2022-11', 'month', 'day', 'quarter', 'statutory_month');

describe('carrying a period to another indicator', () => {
  it('keeps it or takes its twin', () => {
    expect(carryPeriod('s2022-09', statutory)).toBe('s2022-09');
    expect(carryPeriod('2022-09', statutory)).toBe('s2022-09');
    expect(carryPeriod('2022-Q2', statutory)).toBe('s2022-Q2');
  });
  it('keeps it before the first figures too: none is an answer, another month is not', () => {
    expect(carryPeriod('2021-06', statutory)).toBe('s2021-06');
  });
  it('gives way to the default where there can be none', () => {
    expect(carryPeriod('2022-06-15', statutory)).toBeUndefined();
    expect(carryPeriod(undefined, statutory)).toBeUndefined();
  });
});

describe('a period in an address', () => {
  it('of a week begins on its Monday', () => {
    const weeks = ['2021-W01', '2022-W24']; // from 4 January 2021, from 13 June 2022
    expect(placeOf('2021-01-03', weeks)).toBe(-1);
    expect(placeOf('2021-01-04', weeks)).toBe(0);
    expect(placeOf('2022-06-12', weeks)).toBe(0);
    expect(placeOf('2022-06-13', weeks)).toBe(1);
  });

  it.each(['2021-01', '2022-11', '2020-05', '2022-Q3', '2022-11-20', 's2022-11'])(
    'may be asked: %s',
    (id) => expect(askable(id, monthly)).toBe(true),
  );
  it.each(['2022-12', '2030-01', '2022-13', '2022-00', 'zz', '', '2022-H1', '2022'])(
    'may not: %s',
    (id) => expect(askable(id, monthly)).toBe(false),
  );
  it('has a place on the slider: where it is, or after what began before it', () => {
    const periods = ['2022-01', '2022-02', '2022-03', '2022-04'];
    expect(placeOf('2022-02', periods)).toBe(1);
    expect(placeOf('2022-Q2', periods)).toBe(3);
    expect(placeOf('s2022-04', periods)).toBe(2);
    expect(placeOf('2021-06', periods)).toBe(-1);
  });
  it('corresponds to its statutory twin', () => {
    expect(corresponds('2022-06', 's2022-06')).toBe(true);
    expect(corresponds('2022-06', '2022-07')).toBe(false);
  });
});

describe('periods of another kind', () => {
  const months = asked('2021-11', '2022-11', 'month', 'quarter', 'statutory_quarter', 'year');
  it.each([
    ['quarter', ['2021-Q4', '2022-Q1', '2022-Q2', '2022-Q3', '2022-Q4']],
    ['statutory_quarter', ['s2021-Q4', 's2022-Q1', 's2022-Q2', 's2022-Q3', 's2022-Q4']],
    ['year', ['2021', '2022']],
    ['half', []],
    ['day', []],
  ])('%s: those the indicator has figures in and that have begun', (kind, ids) => {
    expect(periodsOf(kind, months)).toEqual(ids);
  });
});
