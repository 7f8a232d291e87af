import type { Submission } from '../api/types';

/** How a submission can have ended. */
export const submissionStates = ['accepted', 'partly', 'rejected'] as const;

/** Submissions as far as they have been read, newest first, and where older ones go on. */
export interface Read {
  rows: readonly Submission[];
  /** Cursor of the page after the oldest; undefined at the end. */
  next: string | undefined;
}

/** What was sent meanwhile on top of what has been read; with a gap between them the reading begins anew. */
export function withNewest(read: Read | null, newest: Read): Read {
  const known = new Set(read?.rows.map(({ submission }) => submission));
  const meets = newest.rows.some(({ submission }) => known.has(submission));
  if (!read || !meets) return newest;
  const fresh = newest.rows.filter(({ submission }) => !known.has(submission));
  return { rows: [...fresh, ...read.rows], next: read.next };
}

/** What has been read, with the page after it. */
export function withOlder(read: Read, older: Read): Read {
  const known = new Set(read.rows.map(({ submission }) => submission));
  const rows = older.rows.filter(({ submission }) => !known.has(submission));
  return { rows: [...read.rows, ...rows], next: older.next };
}
