import type { FontFacesSpecification } from 'maplibre-gl';
import latin500 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-latin-500-normal.woff2?url';
import latin600 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-latin-600-normal.woff2?url';
import vietnamese500 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-vietnamese-500-normal.woff2?url';
import vietnamese600 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-vietnamese-600-normal.woff2?url';

/** Names of the label fonts, for text-font. */
export const labelFont = { medium: ['Label Medium'], semibold: ['Label Semibold'] };

const vietnameseRange = [
  'U+0102-0103',
  'U+0110-0111',
  'U+0128-0129',
  'U+0168-0169',
  'U+01A0-01B0',
  'U+1EA0-1EF9',
];
const latinRange = ['U+0000-00FF', 'U+2000-206F'];

/**
 * Labels are drawn by the browser from the page's own font files, a letter with its marks at
 * a time: no glyph service, and ế, ữ, ặ come out as the type designer drew them.
 */
export const fontFaces: FontFacesSpecification = {
  'Label Medium': [
    { url: latin500, 'unicode-range': latinRange },
    { url: vietnamese500, 'unicode-range': vietnameseRange },
  ],
  'Label Semibold': [
    { url: latin600, 'unicode-range': latinRange },
    { url: vietnamese600, 'unicode-range': vietnameseRange },
  ],
};
