import { describe, expect, it } from 'vitest';
import type { Calendar } from '../api/types';
import {
  breaksFrom,
  byMonth,
  daysUntil,
  entriesOf,
  monthAfter,
  sheet,
  workedFrom,
} from './calendar';
import type { Ahead } from './headline';

const text = (vi: string) => ({ vi, en: vi });
const off = (date: string, name: string, kind = 'holiday', provisional = false) => ({
  date,
  name: text(name),
  kind,
  provisional,
});
const holidays = [
  {
    year: 2022,
    provisional: false,
    source: text('x'),
    days_off: [off('2022-01-31', 'Tết'), off('2022-02-01', 'Tết'), off('2022-09-01', 'Quốc khánh')],
    working_days: [],
  },
  {
    year: 2023,
    provisional: true,
    source: text('x'),
    days_off: [off('2023-01-01', 'Năm mới'), off('2023-01-02', 'Nghỉ bù', 'in_lieu', true)],
    working_days: [{ date: '2023-01-07', instead_of: '2023-01-03' }],
  },
] as Calendar['holidays'];

const agenda = [
  { kind: 'report', id: 'province', name: text('Tỉnh'), period: 's2022-11', date: '2022-11-21' },
  { kind: 'meeting', id: 'quarterly', name: text('Họp'), period: '2022-Q4', date: '2022-12-31' },
] as Calendar['agenda'];

const ahead = [
  { task: { ref: 'B.III.6.4', title: text('Làm sạch') }, date: '2022-11-21', open: 9 },
] as unknown as Ahead[];

describe('what is due', () => {
  const entries = entriesOf(agenda, ahead);
  it('is in the order of days, reports first', () => {
    expect(entries.map(({ id }) => id)).toEqual(['province', 'B.III.6.4', 'quarterly']);
  });
  it('stands under its months', () => {
    expect(byMonth(entries).map(({ month, entries: of }) => [month, of.length])).toEqual([
      ['2022-11', 2],
      ['2022-12', 1],
    ]);
  });
  it('is so many days away', () => {
    expect(daysUntil('2022-11-20', '2022-11-21')).toBe(1);
    expect(daysUntil('2022-11-20', '2023-01-01')).toBe(42);
    expect(daysUntil('2022-11-20', '2022-11-19')).toBe(-1);
  });
});

describe('days off', () => {
  it('in a row with one name are one, and what is over is left out', () => {
    const from = (day: string) => breaksFrom(holidays, day).map((one) => `${one.from} ${one.to}`);
    expect(from('2022-01-01')[0]).toBe('2022-01-31 2022-02-01');
    expect(from('2022-02-01')[0]).toBe('2022-01-31 2022-02-01');
    expect(from('2022-02-02')[0]).toBe('2022-09-01 2022-09-01');
    expect(from('2022-09-02')).toEqual(['2023-01-01 2023-01-01', '2023-01-02 2023-01-02']);
  });
  it('say when they are provisional, and which Saturday is worked for one', () => {
    expect(breaksFrom(holidays, '2023-01-02')[0]?.provisional).toBe(true);
    expect(workedFrom(holidays, '2022-11-20')).toEqual([
      { date: '2023-01-07', instead_of: '2023-01-03' },
    ]);
  });
});

describe('a month', () => {
  const january = sheet('2023-01', { weekly_rest: [6, 0], holidays }, []);
  it('has its days under their weekdays, Monday first', () => {
    expect(january[0]?.filter((day) => day !== null).map(({ date }) => date)).toEqual([
      '2023-01-01',
    ]);
    expect(january[0]?.[6]?.date).toBe('2023-01-01');
    expect(january).toHaveLength(6);
    expect(january.flat().filter((day) => day !== null)).toHaveLength(31);
  });
  it('knows who works: no Sunday, no holiday, but a Saturday in exchange', () => {
    const day = (date: string) => january.flat().find((one) => one?.date === date);
    expect(day('2023-01-02')).toMatchObject({ off: true, holiday: { vi: 'Nghỉ bù' } });
    expect(day('2023-01-07')?.off).toBe(false);
    expect(day('2023-01-14')?.off).toBe(true);
    expect(day('2023-01-16')?.off).toBe(false);
  });
  it('marks what is due', () => {
    const november = sheet('2022-11', { weekly_rest: [6, 0], holidays }, entriesOf(agenda, ahead));
    const marked = november.flat().filter((day) => day && day.kinds.length > 0);
    expect(marked.map((day) => [day?.date, day?.kinds])).toEqual([
      ['2022-11-21', ['report', 'task']],
    ]);
  });
  it('is followed by the next, over the end of a year', () => {
    expect(monthAfter('2022-11', 0)).toBe('2022-11');
    expect(monthAfter('2022-11', 2)).toBe('2023-01');
  });
});
