/** Colours of the map in the current theme; classes holds one colour per legend class. */
export interface MapColours {
  ground: string;
  land: string;
  border: string;
  borderStrong: string;
  label: string;
  halo: string;
  pulse: string;
  hatch: string;
  /** Of the patterns over a colour. */
  note: string;
  /** Along those patterns, where the colour under them is as light as they are. */
  noteEdge: string;
  bubble: string;
  classes: readonly string[];
}

/** The colours the page's style sheets give a map now, with these classes. */
export function themeColours(classes: readonly string[]): MapColours {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ground: token('--map-water'),
    land: token('--map-land'),
    border: token('--map-border'),
    borderStrong: token('--map-border-strong'),
    label: token('--map-label'),
    halo: token('--map-halo'),
    pulse: token('--behind-fill'),
    hatch: token('--hatch'),
    note: token('--pattern-note'),
    noteEdge: token('--pattern-note-edge'),
    bubble: token('--accent'),
    classes,
  };
}
