import { describe, expect, it } from 'vitest';
import { parsePlace, placeHref } from './url';

function roundTrip(address: string): string {
  const url = new URL(address, 'http://127.0.0.1');
  return placeHref(parsePlace(url.pathname, url.search));
}

describe('addresses', () => {
  it.each([
    '/',
    '/?indicator=vneid_rate&unit=247&period=2022-11&level=district',
    '/units/08707?lang=en',
    '/tasks?status=overdue',
    '/calendar?lang=en',
    '/wall/default',
  ])('survive reading and writing: %s', (address) => {
    expect(roundTrip(address)).toBe(address);
  });

  it('keep leading zeros of a code', () => {
    const { page } = parsePlace('/units/08707', '');
    expect(page).toEqual({ name: 'unit', code: '08707' });
  });

  it('are Vietnamese unless they say English', () => {
    expect(parsePlace('/', '').view.lang).toBe('vi');
    expect(parsePlace('/', '?lang=en').view.lang).toBe('en');
    expect(parsePlace('/', '?lang=fr').view.lang).toBe('vi');
  });

  it('lead to the default wall when none is named', () => {
    expect(parsePlace('/wall', '').page).toEqual({ name: 'wall', scenes: 'default' });
  });

  it.each(['/nowhere', '/tasks/1', '/calendar/2022', '/units', '/a/b/c'])(
    'know what is no page: %s',
    (address) => {
      expect(parsePlace(address, '').page.name).toBe('unknown');
    },
  );

  it('do not break on a stray percent sign', () => {
    expect(parsePlace('/units/%', '').page).toEqual({ name: 'unit', code: '%' });
  });
});
