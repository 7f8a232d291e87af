import { expect, it } from 'vitest';
import type { StatusCounts, Task } from '../api/types';
import { byUrgency, totals, withStatus } from './tasks';

const task = (ref: string, by_status: StatusCounts): Task => ({
  ref,
  title: { vi: ref, en: ref },
  group: 'B.I',
  lead: [],
  coordinating: [],
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
