import type { AssignmentStatus, Group, StatusCounts, Task } from '../api/types';
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
  return [...tasks].sort(
    (a, b) => (b.by_status['overdue'] ?? 0) - (a.by_status['overdue'] ?? 0) || open(b) - open(a),
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
