import { describe, expect, it } from 'vitest';
import type { StatusCounts, Task } from '../api/types';
import {
  byConcern,
  byGroup,
  byLateness,
  byLead,
  byUrgency,
  concernOf,
  matching,
  totals,
  withStatus,
} from './tasks';

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

describe('what presses', () => {
  const today = '2022-11-20';
  const due = (ref: string, date: string, counts: StatusCounts): Task => ({
    ...task(ref, counts),
    deadline: { kind: 'date', date },
  });
  it('is what is overdue, then what is due soon and not done', () => {
    expect(concernOf(due('a', '2022-11-01', { overdue: 1, done: 3 }), today)).toBe('overdue');
    expect(concernOf(due('b', '2022-12-20', { in_progress: 1 }), today)).toBe('at_risk');
    expect(concernOf(due('c', '2022-12-21', { in_progress: 1 }), today)).toBe('open');
    expect(concernOf(due('d', '2022-12-01', { done: 2 }), today)).toBe('settled');
    expect(concernOf({ ...task('e', { continuous: 2 }), finishable: 0 }, today)).toBe('settled');
    expect(concernOf({ ...task('f', { waiting: 1 }), finishable: 0 }, today)).toBe('open');
  });
  it('stands in that order, the nearest deadline first', () => {
    const late = due('late', '2022-04-30', { overdue: 2 });
    const soon = due('soon', '2022-12-10', { in_progress: 1 });
    const sooner = due('sooner', '2022-11-25', { not_started: 1 });
    const far = due('far', '2023-06-01', { in_progress: 1 });
    expect(
      byConcern([far, soon, sooner, late], today).map(({ concern, tasks: of }) => [
        concern,
        of.map(({ ref }) => ref),
      ]),
    ).toEqual([
      ['overdue', ['late']],
      ['at_risk', ['sooner', 'soon']],
      ['open', ['far']],
    ]);
  });
});

it('puts a task under each agency that leads it', () => {
  const led = [
    { ...task('a', {}), lead: ['police'] },
    { ...task('b', {}), lead: ['police', 'justice'] },
  ];
  const agencies = [{ id: 'justice' }, { id: 'police' }, { id: 'nobody' }];
  expect(byLead(led, agencies).map(({ agency, tasks: of }) => [agency.id, of.length])).toEqual([
    ['justice', 1],
    ['police', 2],
  ]);
});

it('puts units with most overdue first, those with nothing to finish last', () => {
  const unit = (name: string, value: number | null, overdue: number) => ({
    name,
    value,
    numerator: 0,
    denominator: 0,
    on_time: { value: null, numerator: 0, denominator: 0 },
    by_status: { overdue },
  });
  const rows = [unit('A', 90, 0), unit('B', null, 0), unit('C', 10, 0), unit('D', 50, 2)];
  expect(byLateness(rows).map(({ name }) => name)).toEqual(['D', 'C', 'A', 'B']);
});
