import { describe, expect, it } from 'vitest';
import { messages } from '../i18n';
import {
  formatBare,
  formatChange,
  formatDifference,
  formatNumber,
  formatTick,
  formatValue,
  sayValue,
  valueParts,
} from './value';

const percent = { unit_name: { vi: '%', en: '%' }, decimals: 1 };
const persons = { unit_name: { vi: 'người', en: 'persons' }, decimals: 0 };

describe('numbers', () => {
  it('use the decimal mark and grouping of the language', () => {
    expect(formatNumber(1234567.5, 'vi', 1)).toBe('1.234.567,5');
    expect(formatNumber(1234567.5, 'en', 1)).toBe('1,234,567.5');
  });

  it('are written out on an axis: nobody reads "5 N" as five thousand', () => {
    expect(formatTick(5000, 'vi')).toBe('5.000');
    expect(formatTick(2.5, 'vi')).toBe('2,5');
    expect(formatTick(1_500_000, 'en')).toBe('1,500,000');
  });

  it('differ by what a reader would get who subtracts them', () => {
    const m = messages('vi');
    expect(formatDifference(32.2152, 35.0751, percent, 'vi', m)).toBe('−2,9 điểm %');
    expect(formatDifference(1200, 1080, persons, 'vi', m)).toBe('+120\u00a0người');
    expect(formatDifference(5, 5, percent, 'en', messages('en'))).toBe('0.0 pp');
  });

  it('carry a sign when they are changes', () => {
    expect(formatChange(3.24, 'vi', 1)).toBe('+3,2');
    expect(formatChange(-0.4, 'en', 1)).toBe('−0.4');
    expect(formatChange(-0.01, 'vi', 1)).toBe('0,0');
  });
});

describe('values', () => {
  it('come apart from a unit that is a word, not from a sign or a word of their own', () => {
    const m = messages('vi');
    const row = { value: 61.24, status: 'behind' as const, flags: [] };
    expect(valueParts(row, persons, 'vi', m)).toEqual({ number: '61', unit: 'người' });
    expect(valueParts(row, percent, 'vi', m)).toEqual({ number: '61,2%', unit: '' });
    expect(valueParts({ ...row, value: null }, persons, 'vi', m)).toEqual({
      number: m.noData,
      unit: '',
    });
  });

  it('stand with their unit', () => {
    expect(formatValue(61.24, percent, 'vi')).toBe('61,2%');
    expect(formatValue(12345, persons, 'vi')).toBe('12.345\u00a0người');
    expect(formatBare(61.24, percent, 'en')).toBe('61.2');
  });

  it.each([
    [{ value: 0, status: 'behind', flags: [] }, '0,0%'],
    [{ value: null, status: 'no_data', flags: [] }, 'Chưa có số liệu'],
    [{ value: null, status: 'not_applicable', flags: [] }, 'Không áp dụng'],
    [{ value: null, status: 'no_data', flags: ['suppressed'] }, 'Được bảo mật'],
    [{ value: 131.2, status: 'not_applicable', flags: [] }, '131,2%'],
  ] as const)('say what is there: %j', (row, said) => {
    expect(sayValue({ ...row, flags: [...row.flags] }, percent, 'vi', messages('vi'))).toBe(said);
  });

  it('say no data for a unit the answer does not hold', () => {
    expect(sayValue(undefined, percent, 'en', messages('en'))).toBe('No data yet');
  });
});
