import type { Lang } from '../i18n';

/** The pages of the program. */
export type Page =
  | { name: 'overview' }
  | { name: 'unit'; code: string }
  | { name: 'tasks' }
  | { name: 'reports' }
  | { name: 'calendar' }
  | { name: 'wall'; scenes: string }
  | { name: 'unknown' };

/** What is looked at. Absent means the default, which is not written into the address. */
export interface View {
  lang: Lang;
  indicator?: string | undefined;
  unit?: string | undefined;
  period?: string | undefined;
  /** Id of the boundary set units and map are of; absent for the server's own. */
  boundaries?: string | undefined;
  level?: string | undefined;
  status?: string | undefined;
  /** Of the tasks: part of the plan, agency, words of the title, how they are looked at. */
  group?: string | undefined;
  agency?: string | undefined;
  find?: string | undefined;
  by?: string | undefined;
  /** Of the tasks: the one looked at. */
  task?: string | undefined;
  /** Of the map: what it is coloured by, and the indicator or period shown on a second one. */
  colour?: string | undefined;
  beside?: string | undefined;
  /** Of the overview: what the side panel lists. */
  list?: string | undefined;
  /** A number whose explanation is open, as state/explain.ts writes it. */
  explain?: string | undefined;
}

export interface Place {
  page: Page;
  view: View;
}

const keys = [
  'indicator',
  'unit',
  'period',
  'boundaries',
  'level',
  'status',
  'group',
  'agency',
  'find',
  'by',
  'task',
  'colour',
  'beside',
  'list',
  'explain',
] as const;

/** Reads an address. Parameters it does not know are left behind. */
export function parsePlace(pathname: string, search: string): Place {
  const params = new URLSearchParams(search);
  const view: View = { lang: params.get('lang') === 'en' ? 'en' : 'vi' };
  for (const key of keys) view[key] = params.get(key) || undefined;
  return { page: parsePage(pathname), view };
}

function parsePage(pathname: string): Page {
  const [first, second, ...rest] = pathname.split('/').filter(Boolean).map(decode);
  if (rest.length > 0) return { name: 'unknown' };
  if (first === undefined) return { name: 'overview' };
  if (first === 'tasks' && second === undefined) return { name: 'tasks' };
  if (first === 'reports' && second === undefined) return { name: 'reports' };
  if (first === 'calendar' && second === undefined) return { name: 'calendar' };
  if (first === 'units' && second) return { name: 'unit', code: second };
  if (first === 'wall') return { name: 'wall', scenes: second ?? 'default' };
  return { name: 'unknown' };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray % is part of a name nobody has
  }
}

/** Writes an address; the same place always gives the same text. */
export function placeHref({ page, view }: Place): string {
  const params = new URLSearchParams();
  for (const key of keys) {
    const value = view[key];
    if (value) params.set(key, value);
  }
  if (view.lang === 'en') params.set('lang', 'en');
  const search = params.toString();
  return pagePath(page) + (search && `?${search}`);
}

function pagePath(page: Page): string {
  switch (page.name) {
    case 'unit':
      return `/units/${encodeURIComponent(page.code)}`;
    case 'tasks':
      return '/tasks';
    case 'reports':
      return '/reports';
    case 'calendar':
      return '/calendar';
    case 'wall':
      return `/wall/${encodeURIComponent(page.scenes)}`;
    case 'overview':
    case 'unknown':
      return '/';
  }
}
