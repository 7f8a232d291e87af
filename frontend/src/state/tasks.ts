import type { AssignmentStatus, CompletionRow, Group, StatusCounts, Task } from '../api/types';
import { dayAfter, deadlinesAhead, type Ahead } from './headline';
import { grouped } from './lookup';
import { fold } from './table';

/** Assignments of all tasks by status. */
export function totals(tasks: readonly Task[]): StatusCounts {
  const sum: StatusCounts = {};
  for (const task of tasks) {
    for (const [status, n] of Object.entries(task.by_status)) sum[status] = (sum[status] ?? 0) + n;
  }
  return sum;
}

/** Assignments that belong to no completion rate: those without an end, or waiting for a condition. */
export function endless(tasks: readonly Task[]): number {
  return tasks.reduce((n, task) => n + task.assignments - task.finishable, 0);
}

/** Tasks that have assignments of the status; all without one. */
export function withStatus(tasks: readonly Task[], status: string | undefined): readonly Task[] {
  return status
    ? tasks.filter((task) => (task.by_status[status as AssignmentStatus] ?? 0) > 0)
    : tasks;
}

/** Those with most overdue first, then by what is left to accept: what a leader must see. */
export function byUrgency(tasks: readonly Task[]): Task[] {
  const open = (task: Task): number => task.finishable - task.accepted;
  return [...tasks].sort((a, b) => overdueOf(b) - overdueOf(a) || open(b) - open(a));
}

/** How the tasks can be looked at; the first is not written into the address. */
export const taskViews = ['urgent', 'group', 'agency', 'timeline', 'map'] as const;
export type TaskView = (typeof taskViews)[number];

/** How pressing a task is. */
export const concernKinds = ['overdue', 'at_risk', 'open', 'settled'] as const;
export type Concern = (typeof concernKinds)[number];

/** A deadline so many days ahead with work still open is a risk. */
export const riskDays = 30;

/** The first deadline from a day on that has assignments nobody has reported done. */
export function nextDeadline(task: Task, today: string): Ahead | undefined {
  return deadlinesAhead([task], today, '9999-12-31')[0];
}

/**
 * Overdue: some assignment is. At risk: a deadline is near and not all have reported done. Settled: nothing is left to
 * accept, or the task has no end.
 */
export function concernOf(task: Task, today: string): Concern {
  if (overdueOf(task) > 0) return 'overdue';
  const next = nextDeadline(task, today);
  if (next && next.date <= dayAfter(today, riskDays)) return 'at_risk';
  const waits = (task.by_status['waiting'] ?? 0) > 0;
  return task.finishable > task.accepted || next || waits || unfinished(task) ? 'open' : 'settled';
}

const unfinished = ({ by_status }: Task): boolean =>
  (by_status['not_started'] ?? 0) + (by_status['in_progress'] ?? 0) > 0;

/** Tasks under what is pressing about them, the most pressing first; those at risk by their next deadline. */
export function byConcern(
  tasks: readonly Task[],
  today: string,
): { concern: Concern; tasks: readonly Task[] }[] {
  const parts = grouped(tasks, (task) => concernOf(task, today));
  const date = (task: Task): string => nextDeadline(task, today)?.date ?? '9999';
  return concernKinds.flatMap((concern) => {
    const part = parts.get(concern);
    if (!part) return [];
    const sorted =
      concern === 'overdue'
        ? byUrgency(part)
        : [...part].sort((a, b) => date(a).localeCompare(date(b)));
    return [{ concern, tasks: sorted }];
  });
}

/** Tasks under the agencies that lead them, both in their order; one with several leads stands under each. */
export function byLead<A extends { id: string }>(
  tasks: readonly Task[],
  agencies: readonly A[],
): { agency: A; tasks: readonly Task[] }[] {
  return agencies
    .map((agency) => ({ agency, tasks: tasks.filter((task) => task.lead.includes(agency.id)) }))
    .filter((part) => part.tasks.length > 0);
}

/** Overdue assignments of a task or of a unit. */
export function overdueOf({ by_status }: { by_status: StatusCounts }): number {
  return by_status['overdue'] ?? 0;
}

/** Units with most overdue first, of equal ones that with the lower share; those with nothing to do last. */
export function byLateness(rows: readonly CompletionRow[]): CompletionRow[] {
  const share = (row: CompletionRow): number => row.value ?? Infinity;
  return [...rows].sort(
    (a, b) =>
      overdueOf(b) - overdueOf(a) || share(a) - share(b) || a.name.localeCompare(b.name, 'vi'),
  );
}

/** Tasks under the parts of the plan, both in its order; a part without a task is left out. */
export function byGroup(
  tasks: readonly Task[],
  groups: readonly Group[],
): { group: Group; tasks: readonly Task[] }[] {
  const parts = grouped(tasks, (task) => task.group);
  return groups.flatMap((group) => {
    const part = parts.get(group.id);
    return part ? [{ group, tasks: part }] : [];
  });
}

/** Tasks that have all the words in their reference or in a title of either language. */
export function matching(tasks: readonly Task[], text: string): readonly Task[] {
  const words = fold(text.trim()).split(/\s+/).filter(Boolean);
  const said = ({ ref, title }: Task): string => fold(`${ref} ${title.vi} ${title.en}`);
  return tasks.filter((task) => words.every((word) => said(task).includes(word)));
}
