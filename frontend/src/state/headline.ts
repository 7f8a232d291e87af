import type { CompletionRow, Indicator, Obstacle, Task, Value } from '../api/types';
import { grouped } from './lookup';

/** Assignments of the plan in three numbers: accepted and all that can be finished, and those overdue. */
export interface Completion {
  accepted: number;
  finishable: number;
  overdue: number;
}

/** How far the plan has come, over all its tasks with equal weights. */
export function completionOf(tasks: readonly Task[]): Completion {
  const sum = { accepted: 0, finishable: 0, overdue: 0 };
  for (const task of tasks) {
    sum.accepted += task.accepted;
    sum.finishable += task.finishable;
    sum.overdue += task.by_status['overdue'] ?? 0;
  }
  return sum;
}

/** A civil day so many days from another, "2022-11-20" and 7: "2022-11-27". */
export function dayAfter(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** A deadline of a task ahead, or of one of its stages, with what is still open there. */
export interface Ahead {
  task: Task;
  date: string;
  open: number;
}

const unfinished = ['not_started', 'in_progress'];

/** Deadlines from a day to another, both included, with assignments nobody has reported done; the nearest first. */
export function deadlinesAhead(tasks: readonly Task[], from: string, to: string): Ahead[] {
  const open = (counts: Task['by_status'] = {}): number =>
    unfinished.reduce((n, status) => n + (counts[status] ?? 0), 0);
  return tasks
    .flatMap((task): Ahead[] => {
      const { stages, date } = task.deadline;
      if (stages) {
        return stages.map((stage) => ({ task, date: stage.date, open: open(stage.by_status) }));
      }
      return date ? [{ task, date, open: open(task.by_status) }] : [];
    })
    .filter((ahead) => ahead.date >= from && ahead.date <= to && ahead.open > 0)
    .sort((a, b) => (a.date < b.date ? -1 : Number(a.date > b.date)));
}

/** The row with most overdue, of equal ones that with the lower rate; undefined when none is late. */
export function latest(rows: readonly CompletionRow[]): CompletionRow | undefined {
  const late = (row: CompletionRow): number => row.by_status['overdue'] ?? 0;
  const [first] = [...rows].sort((a, b) => late(b) - late(a) || (a.value ?? 0) - (b.value ?? 0));
  return first && late(first) > 0 ? first : undefined;
}

/** An indicator and where the unit in view stands with it. */
export interface Standing {
  indicator: Indicator;
  row: Value;
}

const worst: readonly string[] = ['behind', 'at_risk', 'on_track', 'achieved'];

/** Standings of indicators with a target, the worst first, and among equals the one farthest below its path. */
export function byConcern(standings: readonly Standing[]): Standing[] {
  const place = ({ row }: Standing): number => {
    const at = worst.indexOf(row.status);
    return at < 0 ? worst.length : at;
  };
  return [...standings].sort((a, b) => place(a) - place(b) || shortfall(b) - shortfall(a));
}

/** How far a value is on the wrong side of its path, as a share of the path; negative on the good side. */
export function shortfall({ indicator, row }: Standing): number {
  if (row.value === null || row.target === null || row.target === 0) return 0;
  const share = (row.target - row.value) / Math.abs(row.target);
  return indicator.direction === 'lower' ? -share : share;
}

/** Obstacles of one kind: how many assignments they hold up, and since when. */
export interface ObstacleKind {
  kind: string;
  obstacles: readonly Obstacle[];
  days: number;
}

/** Obstacles by kind, the kind that holds up most first. */
export function byKind(obstacles: readonly Obstacle[]): ObstacleKind[] {
  const kinds = grouped(obstacles, (obstacle) => obstacle.kind);
  return [...kinds]
    .map(([kind, of]) => ({
      kind,
      obstacles: of,
      days: Math.max(...of.map((obstacle) => obstacle.age_days)),
    }))
    .sort((a, b) => b.obstacles.length - a.obstacles.length || b.days - a.days);
}

/** What has become different with a task between two days. */
export interface TaskChange {
  task: Task;
  accepted: number;
  overdue: number;
}

/** Tasks with more or fewer assignments accepted or overdue than before; those newly overdue first. */
export function taskChanges(before: readonly Task[], now: readonly Task[]): TaskChange[] {
  const then = new Map(before.map((task) => [task.ref, task]));
  return now
    .map((task) => {
      const old = then.get(task.ref);
      const late = (t: Task | undefined): number => t?.by_status['overdue'] ?? 0;
      return {
        task,
        accepted: task.accepted - (old?.accepted ?? 0),
        overdue: late(task) - late(old),
      };
    })
    .filter(({ accepted, overdue }) => accepted !== 0 || overdue !== 0)
    .sort((a, b) => b.overdue - a.overdue || b.accepted - a.accepted);
}
