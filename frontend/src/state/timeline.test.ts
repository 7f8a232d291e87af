import { describe, expect, it } from 'vitest';
import type { Deadline, StatusCounts, Task } from '../api/types';
import { along, laneOf, monthsOf, spanOf } from './timeline';

const task = (deadline: Deadline, by_status: StatusCounts): Task => ({
  ref: 'B.I.1',
  title: { vi: '', en: '' },
  group: 'B.I',
  lead: [],
  each_leads: false,
  coordinating: [],
  indicators: [],
  no_indicator: null,
  deadline,
  by_status,
  assignments: Object.values(by_status).reduce((a, b) => a + b, 0),
  finishable: 0,
  accepted: 0,
  due: 0,
  on_time: 0,
});
const today = '2022-11-20';
const span = { from: '2022-01-01', to: '2022-12-31' };
const lane = (deadline: Deadline, counts: StatusCounts) =>
  laneOf(task(deadline, counts), today, span, 30);

describe('the line of a task', () => {
  it('runs to its day, which says how it stands', () => {
    const due = { kind: 'date', date: '2022-12-10' } as const;
    expect(lane(due, { done: 2 }).marks[0]?.state).toBe('settled');
    expect(lane(due, { done: 1, in_progress: 1 }).marks[0]).toMatchObject({
      state: 'soon',
      open: 1,
    });
    expect(lane({ ...due, date: '2022-12-30' }, { not_started: 1 }).marks[0]?.state).toBe('ahead');
    expect(lane({ ...due, date: '2022-04-30' }, { overdue: 1 }).marks[0]?.state).toBe('late');
    expect(lane(due, { done: 2 })).toMatchObject({ from: '2022-01-01', to: '2022-12-10' });
  });
  it('has a day for each stage', () => {
    const stages = [
      { level: 'district', date: '2022-12-01', assignments: 2, by_status: { in_progress: 2 } },
      { level: 'commune', date: '2023-06-01', assignments: 9, by_status: { in_progress: 9 } },
    ];
    const { marks, to } = lane({ kind: 'staged', stages }, { in_progress: 11 });
    expect(marks.map(({ level, state, open }) => [level, state, open])).toEqual([
      ['district', 'soon', 2],
      ['commune', 'ahead', 9],
    ]);
    expect(to).toBe('2023-06-01');
  });
  it('goes on without an end where the plan says so', () => {
    expect(lane({ kind: 'continuous' }, { continuous: 3 })).toEqual({
      onward: '2022-01-01',
      marks: [],
    });
    const from = { kind: 'from_month', from: '2022-03-01', date: '2022-03-31' } as const;
    expect(lane(from, { continuous: 1 })).toMatchObject({
      onward: '2022-03-01',
      marks: [{ date: '2022-03-01', state: 'start' }],
    });
    expect(lane(from, { overdue: 1 }).marks[0]?.state).toBe('late');
  });
  it('waits for its condition', () => {
    const name = { vi: 'Nghị định', en: 'decree' };
    expect(lane({ kind: 'conditional', condition: { name } }, { waiting: 1 }).marks).toEqual([]);
    const met = { name, met_on: '2022-09-05', due: '2022-12-01' };
    expect(
      lane({ kind: 'conditional', condition: met }, { in_progress: 1 }).marks.map((m) => m.state),
    ).toEqual(['start', 'soon']);
  });
});

it('draws whole months around all days', () => {
  const tasks = [
    task({ kind: 'date', date: '2022-04-30' }, {}),
    task({ kind: 'staged', stages: [{ level: 'x', date: '2023-06-01', assignments: 1 }] }, {}),
  ];
  expect(spanOf(tasks, today)).toEqual({ from: '2022-04-01', to: '2023-06-30' });
  expect(spanOf([], today)).toEqual({ from: '2022-11-01', to: '2022-11-30' });
  expect(monthsOf({ from: '2022-11-01', to: '2023-02-28' })).toEqual([
    '2022-11-01',
    '2022-12-01',
    '2023-01-01',
    '2023-02-01',
  ]);
});

it('finds a day along the span', () => {
  const june = { from: '2022-06-01', to: '2022-06-30' };
  expect(along(june, '2022-06-16')).toBeCloseTo(0.5, 9);
  expect(along(june, '2022-05-01')).toBe(0);
  expect(along(june, '2023-05-01')).toBe(1);
});
