import { MediaQuery } from 'svelte/reactivity';
import type { Theme } from '../map/palette';

const dark = new MediaQuery('(prefers-color-scheme: dark)');
const reduced = new MediaQuery('(prefers-reduced-motion: reduce)');
const portrait = new MediaQuery('(orientation: portrait)');
const phone = new MediaQuery('(max-width: 45rem)');

/** What the reader's device asks for, as state. */
export const media = {
  get theme(): Theme {
    return dark.current ? 'dark' : 'light';
  },
  get reducedMotion(): boolean {
    return reduced.current;
  },
  get portrait(): boolean {
    return portrait.current;
  },
  get phone(): boolean {
    return phone.current;
  },
};
