import { getContext, setContext } from 'svelte';
import type { Programme } from './programme.svelte';

const key = Symbol('programme');

/** Hands the loaded programme to everything below. */
export function provideProgramme(programme: Programme): void {
  setContext(key, programme);
}

/** The programme the page was loaded with. */
export function theProgramme(): Programme {
  return getContext<Programme>(key);
}
