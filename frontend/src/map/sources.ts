import type { ExpressionSpecification } from 'maplibre-gl';

/** Source of the units' tiles: their areas, borders and places for names. */
export const boundaries = 'boundaries';

/** Source of the middles of units, for bubbles: the tiles leave labels out where there is no room. */
export const centres = 'centres';

/** Features of one level. */
export const of = (level: string): ExpressionSpecification => ['==', ['get', 'level'], level];

/**
 * Screens of more pixels (a wall at 4K) show the same place at a higher zoom: what is meant
 * for a zoom on a desk is meant for zoom + log2(scale) there, and lines grow with the type.
 */
export const zoomAt = (zoom: number, scale: number): number => zoom + Math.log2(scale);
