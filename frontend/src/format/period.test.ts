import { describe, expect, it } from 'vitest';
import { messages } from '../i18n';
import { carryPeriod, periodLabel, periodName, periodShort, statutorySpan } from './period';

const vi = messages('vi');
const en = messages('en');

describe('period names', () => {
  it.each([
    ['2022-11', 'Tháng 11/2022', 'November 2022'],
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

describe('carrying a period to another indicator', () => {
  const statutory = ['s2022-09', 's2022-10'];
  it('keeps it or takes its twin', () => {
    expect(carryPeriod('s2022-09', statutory)).toBe('s2022-09');
    expect(carryPeriod('2022-09', statutory)).toBe('s2022-09');
    expect(carryPeriod('s2022-10', ['2022-10'])).toBe('2022-10');
  });
  it('gives way to the default where there is none', () => {
    expect(carryPeriod('2021-01', statutory)).toBeUndefined();
    expect(carryPeriod(undefined, statutory)).toBeUndefined();
  });
});
