import { describe, expect, it } from 'vitest';
import type { ReportCount } from '../api/types';
import {
  byArrears,
  receivedShare,
  reportPeriods,
  standingOf,
  standingScale,
  statesOf,
} from './reports';

const count = (in_time: number, late = 0, missing = 0, overdue = 0): ReportCount => ({
  expected: in_time + late + missing,
  received: in_time + late,
  in_time,
  late,
  missing,
  overdue,
  incomplete: 0,
  last_received: null,
});

describe('reports of a count', () => {
  it('add up to what is expected', () => {
    const states = statesOf(count(5, 2, 4, 3));
    expect(states).toEqual({ in_time: 5, late: 2, awaited: 1, overdue: 3 });
    expect(Object.values(states).reduce((a, b) => a + b)).toBe(11);
  });
  it('stand as the worst of them', () => {
    expect(standingOf(count(5))).toBe('in_time');
    expect(standingOf(count(5, 1))).toBe('late');
    expect(standingOf(count(5, 1, 1))).toBe('awaited');
    expect(standingOf(count(5, 1, 2, 1))).toBe('overdue');
    expect(standingOf(count(0))).toBeNull();
  });
  it('have a share only when some are expected', () => {
    expect(receivedShare(count(2, 1, 1))).toBe(75);
    expect(receivedShare(count(0))).toBeNull();
  });
});

it('lists most overdue first, then most missing, then most late', () => {
  const rows = [count(9), count(5, 3), count(5, 0, 4), count(1, 0, 1, 1)];
  expect(byArrears(rows)).toEqual([rows[3], rows[2], rows[1], rows[0]]);
});

it('paints a unit by its standing, one that owes nothing as not applicable', () => {
  const of = new Map([
    ['a', count(1)],
    ['b', count(0, 0, 1, 1)],
    ['c', count(0)],
  ]);
  const { paint, colours } = standingScale('light', (unit) => of.get(unit));
  const row = (unit: string) => ({
    unit,
    value: 1,
    target: null,
    status: 'no_target' as const,
    flags: [],
  });
  expect(colours).toHaveLength(4);
  expect(['a', 'b', 'c', 'd'].map((unit) => paint(row(unit)))).toEqual([0, 3, -2, -2]);
});

it('asks for the periods of the round, the latest first', () => {
  const indicator = { period_kinds: ['month', 'statutory_month'], periods: ['2022-09', '2022-10'] };
  const catalog = {
    indicators: [indicator],
    calendar: { round: { period: 's2022-10', steps: [] } },
  };
  expect(reportPeriods(catalog as never)).toEqual(['s2022-11', 's2022-10', 's2022-09']);
});
