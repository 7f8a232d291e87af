import latin400 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-latin-400-normal.woff2?url';
import latin500 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-latin-500-normal.woff2?url';
import latin600 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-latin-600-normal.woff2?url';
import vietnamese400 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-vietnamese-400-normal.woff2?url';
import vietnamese500 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-vietnamese-500-normal.woff2?url';
import vietnamese600 from '@fontsource/be-vietnam-pro/files/be-vietnam-pro-vietnamese-600-normal.woff2?url';

/** Latin and Vietnamese letters of the page's typeface by weight: the files styles/fonts.css names. */
const files: Readonly<Record<number, readonly [latin: string, vietnamese: string]>> = {
  400: [latin400, vietnamese400],
  500: [latin500, vietnamese500],
  600: [latin600, vietnamese600],
};

/** Letters of the Vietnamese files; all others are in the Latin ones. */
const vietnamese =
  'U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,U+0300-0301,U+0303-0304,U+0308-0309,U+0323,U+0329,U+1EA0-1EF9,U+20AB';

/**
 * Rules that carry the page's typeface into a drawing that leaves the page: a picture loads nothing, so the letters go with it.
 * The browser has the files already.
 */
export async function carriedFonts(weights: Iterable<number>): Promise<string> {
  const rules = [...new Set(weights)].flatMap((weight) => {
    const [latin, accented] = files[weight] ?? [];
    if (!latin || !accented) return [];
    return [rule(weight, latin), rule(weight, accented, vietnamese)];
  });
  return (await Promise.all(rules)).join('\n');
}

async function rule(weight: number, file: string, letters?: string): Promise<string> {
  const answer = await fetch(file);
  if (!answer.ok) throw new Error(`no font ${file}`);
  const data = base64(new Uint8Array(await answer.arrayBuffer()));
  const range = letters ? `unicode-range:${letters};` : '';
  return `@font-face{font-family:'Be Vietnam Pro';font-weight:${weight};${range}src:url(data:font/woff2;base64,${data}) format('woff2')}`;
}

/** Bytes as base64, some at a time: an argument list has an end. */
export function base64(bytes: Uint8Array): string {
  const step = 0x8000;
  let text = '';
  for (let at = 0; at < bytes.length; at += step) {
    text += String.fromCharCode(...bytes.subarray(at, at + step));
  }
  return btoa(text);
}
