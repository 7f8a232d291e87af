import type { Task } from '../api/types';
import { dayAfter } from './headline';

/** How a deadline stands: all accepted, somebody late, the day near or far with work open, or only told. */
export type MarkState = 'settled' | 'late' | 'soon' | 'ahead' | 'start';

/** A day on the line of a task. */
export interface Mark {
  date: string;
  state: MarkState;
  /** The level a stage is for. */
  level?: string;
  /** Assignments that are neither accepted nor reported done. */
  open: number;
  assignments: number;
}

/** The line of a task: where it runs for certain, where it goes on without an end, and its days. */
export interface Lane {
  /** First and last day of the solid part; absent when no day is stated. */
  from?: string | undefined;
  to?: string | undefined;
  /** The day from which the task goes on without an end. */
  onward?: string | undefined;
  marks: readonly Mark[];
}

/** First and last day of what is drawn, whole months. */
export interface Span {
  from: string;
  to: string;
}

const left = ['not_started', 'in_progress', 'overdue', 'waiting', 'continuous'];
const openIn = (counts: Task['by_status']): number =>
  left.reduce((n, status) => n + (counts[status] ?? 0), 0);

/** What stands on the line of a task, as the plan states it. Days within `soon` of today are near. */
export function laneOf(task: Task, today: string, span: Span, soon: number): Lane {
  const { deadline } = task;
  const mark = (date: string, counts: Task['by_status'], assignments: number): Mark => ({
    date,
    state: stateOf(date, counts, today, soon),
    open: openIn(counts),
    assignments,
  });
  const whole = (date: string): Mark => mark(date, task.by_status, task.assignments);
  const { date } = deadline;
  switch (deadline.kind) {
    case 'continuous':
      return { onward: span.from, marks: [] };
    case 'from_month': {
      const from = deadline.from ?? date ?? span.from;
      const late = (task.by_status['overdue'] ?? 0) > 0;
      return { onward: from, marks: [{ ...whole(from), state: late ? 'late' : 'start' }] };
    }
    case 'year_onward':
    case 'month_then_continuous':
      return date
        ? { from: span.from, to: date, onward: date, marks: [whole(date)] }
        : { marks: [] };
    case 'staged': {
      const stages = deadline.stages ?? [];
      const marks = stages.map((stage) => ({
        ...mark(stage.date, stage.by_status ?? {}, stage.assignments),
        level: stage.level,
      }));
      return { from: span.from, to: marks.at(-1)?.date, marks };
    }
    case 'conditional': {
      const { met_on, due } = deadline.condition ?? {};
      const end = due ?? date;
      const started: Mark[] = met_on
        ? [{ date: met_on, state: 'start', open: 0, assignments: task.assignments }]
        : [];
      return { from: met_on, to: end ?? met_on, marks: end ? [...started, whole(end)] : started };
    }
    case 'recurring':
      return { onward: span.from, marks: [] };
    default:
      return date ? { from: span.from, to: date, marks: [whole(date)] } : { marks: [] };
  }
}

function stateOf(date: string, counts: Task['by_status'], today: string, soon: number): MarkState {
  if ((counts['overdue'] ?? 0) > 0) return 'late';
  if (openIn(counts) === 0) return 'settled';
  return date >= today && date <= dayAfter(today, soon) ? 'soon' : 'ahead';
}

/** Whole months around all days the tasks name, and today. */
export function spanOf(tasks: readonly Task[], today: string): Span {
  const days = tasks.flatMap(({ deadline }) => [
    deadline.date,
    deadline.from,
    deadline.condition?.met_on,
    deadline.condition?.due,
    ...(deadline.stages ?? []).map((stage) => stage.date),
  ]);
  const known = [today, ...days.filter((day) => day !== undefined && day !== '')] as string[];
  const first = known.reduce((a, b) => (b < a ? b : a));
  const last = known.reduce((a, b) => (b > a ? b : a));
  return { from: `${first.slice(0, 7)}-01`, to: dayAfter(monthsOn(last, 1), -1) };
}

/** The first day of the month so many after that of a day. */
function monthsOn(day: string, n: number): string {
  const [year = 0, month = 1] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 + n, 1)).toISOString().slice(0, 10);
}

/** First days of the months of a span, every `step` months. */
export function monthsOf(span: Span, step = 1): string[] {
  const months: string[] = [];
  for (let day = span.from; day <= span.to; day = monthsOn(day, step)) months.push(day);
  return months;
}

const time = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** How far along the span a day is, as a share; days outside stay at its ends. A deadline lies at the end of its day. */
export function along(span: Span, day: string): number {
  const share = (time(day) - time(span.from)) / (time(dayAfter(span.to, 1)) - time(span.from));
  return Math.min(1, Math.max(0, share));
}
