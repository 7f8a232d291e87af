import type { AssignmentStatus, StatusCounts, Task } from '../api/types';

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
