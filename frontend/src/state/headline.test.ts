import { describe, expect, it } from 'vitest';
import type { CompletionRow, Indicator, Obstacle, Task, Value } from '../api/types';
import {
  byConcern,
  byKind,
  completionOf,
  dayAfter,
  deadlinesAhead,
  latest,
  taskChanges,
} from './headline';

const task = (ref: string, more: Partial<Task>): Task =>
  ({ ref, accepted: 0, finishable: 0, by_status: {}, deadline: { kind: 'date' }, ...more }) as Task;

describe('the plan at a glance', () => {
  it('adds up assignments, not percentages', () => {
    const tasks = [
      task('A', { accepted: 1, finishable: 2, by_status: { overdue: 1 } }),
      task('B', { accepted: 90, finishable: 100, by_status: { overdue: 3 } }),
    ];
    expect(completionOf(tasks)).toEqual({ accepted: 91, finishable: 102, overdue: 4 });
  });

  it('knows who is latest, and that nobody may be', () => {
    const row = (name: string, overdue: number, value: number): CompletionRow =>
      ({ name, value, by_status: { overdue } }) as unknown as CompletionRow;
    expect(latest([row('a', 2, 50), row('b', 5, 60), row('c', 5, 40)])?.name).toBe('c');
    expect(latest([row('a', 0, 50)])).toBeUndefined();
    expect(latest([])).toBeUndefined();
  });
});

it('counts civil days over the ends of months and years', () => {
  expect(dayAfter('2022-11-20', -7)).toBe('2022-11-13');
  expect(dayAfter('2022-12-31', 1)).toBe('2023-01-01');
  expect(dayAfter('2024-02-28', 1)).toBe('2024-02-29');
});

describe('deadlines ahead', () => {
  const open = { not_started: 1, in_progress: 2, reported_done: 5, done: 9 };
  const tasks = [
    task('late', { by_status: open, deadline: { kind: 'date', date: '2022-11-19' } }),
    task('far', { by_status: open, deadline: { kind: 'date', date: '2023-02-01' } }),
    task('soon', { by_status: open, deadline: { kind: 'date', date: '2022-12-01' } }),
    task('finished', { by_status: { done: 3 }, deadline: { kind: 'date', date: '2022-12-01' } }),
    task('never', { by_status: open, deadline: { kind: 'continuous' } }),
    task('staged', {
      deadline: {
        kind: 'staged',
        stages: [
          { level: 'a', date: '2022-11-20', assignments: 3, accepted: 0, by_status: open },
          { level: 'b', date: '2023-06-01', assignments: 3, accepted: 0, by_status: open },
        ],
      },
    }),
  ];
  it('are those of open assignments within the days, stages by themselves, the nearest first', () => {
    const found = deadlinesAhead(tasks, '2022-11-20', '2022-12-20');
    expect(found.map(({ task: { ref }, open: n }) => [ref, n])).toEqual([
      ['staged', 3],
      ['soon', 3],
    ]);
  });
});

describe('standings', () => {
  const standing = (id: string, status: string, value: number, direction = 'higher') => ({
    indicator: { id, direction } as Indicator,
    row: { status, value, target: 100 } as Value,
  });
  it('come with the worst first, and what is worse turns round when lower is better', () => {
    const rows = [
      standing('good', 'achieved', 120),
      standing('near', 'behind', 90),
      standing('far', 'behind', 20),
      standing('high', 'behind', 150, 'lower'),
      standing('none', 'no_data', 0),
      standing('risk', 'at_risk', 97),
    ];
    expect(byConcern(rows).map(({ indicator }) => indicator.id)).toEqual([
      'far',
      'high',
      'near',
      'risk',
      'good',
      'none',
    ]);
  });
});

describe('what blocks', () => {
  it('stands under its kind, the kind with most first, with the age of its oldest', () => {
    const obstacle = (kind: string, age_days: number): Obstacle => ({ kind, age_days }) as Obstacle;
    const kinds = byKind([obstacle('money', 3), obstacle('people', 90), obstacle('money', 40)]);
    expect(kinds.map(({ kind, obstacles, days }) => [kind, obstacles.length, days])).toEqual([
      ['money', 2, 40],
      ['people', 1, 90],
    ]);
  });
});

describe('what changed with the tasks', () => {
  const before = [
    task('same', { accepted: 3 }),
    task('done', { accepted: 1, by_status: { overdue: 2 } }),
    task('late', { accepted: 1 }),
  ];
  const now = [
    task('same', { accepted: 3 }),
    task('done', { accepted: 3, by_status: { overdue: 0 } }),
    task('late', { accepted: 1, by_status: { overdue: 4 } }),
    task('new', { accepted: 1 }),
  ];
  it('is said of those alone that differ, the newly overdue first', () => {
    expect(
      taskChanges(before, now).map(({ task: { ref }, accepted, overdue }) => [
        ref,
        accepted,
        overdue,
      ]),
    ).toEqual([
      ['late', 0, 4],
      ['new', 1, 0],
      ['done', 2, -2],
    ]);
  });
});
