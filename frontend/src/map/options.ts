import type { BoundarySet, Unit } from '../api/types';
import type { Taken } from './framing';
import type { MapColours } from './theme';

/** A position on the map element, CSS pixels from its top left corner. */
export interface ScreenPoint {
  x: number;
  y: number;
}

/** What a map is made of, and whom it tells. */
export interface UnitMapOptions {
  boundaries: BoundarySet;
  /** All units of the boundary set: bubbles stand in their middles. */
  units: readonly Unit[];
  /** Level ids, root first. */
  levels: readonly string[];
  level: string;
  colours: MapColours;
  /** Size of type and lines against a desk screen. */
  scale: number;
  /** Size of names beside the other type. */
  large: number;
  /** What stands over the map now, at its sides. */
  taken: () => Taken;
  /** False on a wall: nobody touches it. */
  interactive: boolean;
  /** On a phone one finger scrolls the page and two move the map. */
  cooperative: boolean;
  reducedMotion: boolean;
  texts: { title: string; twoFingers: string };
  onHover: (code: string | null, at: ScreenPoint) => void;
  onPick: (code: string, at: ScreenPoint) => void;
  /** The units have been drawn in their colours for the first time. */
  onColoured: () => void;
  /** What is shown stands still, or no longer does. */
  onDrawn: (still: boolean) => void;
  /** The camera has moved: places are elsewhere on the element. */
  onMove: () => void;
}
