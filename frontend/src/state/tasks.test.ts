import { describe, expect, it } from 'vitest';
import type { StatusCounts, Task } from '../api/types';
import { byGroup, byUrgency, matching, totals, withStatus } from './tasks';

const task = (ref: string, by_status: StatusCounts): Task => ({
  ref,
  title: { vi: ref, en: ref },
  group: 'B.I',
  lead: [],
  each_leads: false,
  coordinating: [],
  indicators: [],
  no_indicator: null,
  deadline: { kind: 'continuous' },
  by_status,
  assignments: Object.values(by_status).reduce((a, b) => a + b, 0),
  finishable: Object.values(by_status).reduce((a, b) => a + b, 0),
  accepted: by_status['done'] ?? 0,
  due: 0,
  on_time: 0,
});

const tasks = [
  task('B.I.1', { done: 9 }),
  task('B.I.2', { done: 2, in_progress: 7 }),
  task('B.II.1', { overdue: 1, done: 8 }),
];

it('adds up statuses over tasks', () => {
  expect(totals(tasks)).toEqual({ done: 19, in_progress: 7, overdue: 1 });
});

it('finds tasks that have a status', () => {
  expect(withStatus(tasks, 'overdue').map((t) => t.ref)).toEqual(['B.II.1']);
  expect(withStatus(tasks, undefined)).toHaveLength(3);
});

it('puts what is overdue first, then what is still open', () => {
  expect(byUrgency(tasks).map((t) => t.ref)).toEqual(['B.II.1', 'B.I.2', 'B.I.1']);
});

describe('parts of the plan', () => {
  const groups = [
    { id: 'B.I', name: { vi: 'Chung', en: 'Common' } },
    { id: 'B.II', name: { vi: 'Ưu tiên', en: 'Priority' } },
    { id: 'B.III.5', name: { vi: 'Dữ liệu', en: 'Data' } },
  ];
  const tasks = [
    { ...task('B.II.1', { overdue: 1 }), group: 'B.II' },
    task('B.I.1', { done: 2 }),
    task('B.I.2', { overdue: 3 }),
  ];

  it('follow the plan, tasks in their order, parts without one left out', () => {
    const parts = byGroup(tasks, groups);
    expect(parts.map(({ group }) => group.id)).toEqual(['B.I', 'B.II']);
    expect(parts[0]?.tasks.map(({ ref }) => ref)).toEqual(['B.I.1', 'B.I.2']);
  });

  it('are found by reference and by words of the title, without diacritics', () => {
    const named = { ...task('B.III.5', {}), title: { vi: 'Đối chiếu dữ liệu', en: 'Reconcile' } };
    const found = (word: string): string[] =>
      matching([...tasks, named], word).map(({ ref }) => ref);
    expect(found('doi chieu')).toEqual(['B.III.5']);
    expect(found('b.i.')).toEqual(['B.I.1', 'B.I.2']);
    expect(found('reconcile dữ')).toEqual(['B.III.5']);
    expect(found('')).toHaveLength(4);
  });
});
