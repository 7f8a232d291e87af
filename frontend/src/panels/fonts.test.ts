import { afterEach, describe, expect, it, vi } from 'vitest';
import { base64, carriedFonts } from './fonts';

afterEach(() => vi.unstubAllGlobals());

describe('fonts that go with a picture', () => {
  it('are carried whole, the letters of both files of each weight once', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(new Uint8Array([1, 2, 3]))));
    const rules = (await carriedFonts([400, 600, 400])).split('\n');
    expect(rules).toHaveLength(4);
    expect(rules.every((rule) => rule.includes('base64,AQID'))).toBe(true);
    expect(rules.filter((rule) => rule.includes('unicode-range'))).toHaveLength(2);
  });

  it('are not invented: a weight the page does not have is left out', async () => {
    expect(await carriedFonts([350])).toBe('');
  });

  it('may be longer than a list of arguments', () => {
    const bytes = new Uint8Array(200_000).fill(65);
    expect(atob(base64(bytes))).toHaveLength(200_000);
  });
});
