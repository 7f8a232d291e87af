import { describe, expect, it } from 'vitest';
import { locale, messages, textIn } from '.';
import { en } from './en';
import { vi } from './vi';

const files = import.meta.glob<string>(['../**/*.{svelte,ts}', '!../**/*.test.ts', '!./*.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});
const sources = Object.values(files).join('\n');

describe('messages', () => {
  it('have the same keys in both languages', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(vi).sort());
  });

  it('are never empty', () => {
    for (const [key, message] of [...Object.entries(vi), ...Object.entries(en)]) {
      if (typeof message === 'string') expect(message, key).not.toBe('');
    }
  });

  it('are all used', () => {
    const unused = Object.keys(vi).filter((key) => !new RegExp(`\\b${key}\\b`).test(sources));
    expect(unused).toEqual([]);
  });

  it('are written in composed Unicode, as the font expects them', () => {
    for (const message of Object.values(vi)) {
      if (typeof message === 'string') expect(message).toBe(message.normalize('NFC'));
    }
  });
});

describe('languages', () => {
  it('fall back to Vietnamese where a catalogue text has no English', () => {
    expect(textIn({ vi: 'Dân số', en: '' }, 'en')).toBe('Dân số');
    expect(textIn({ vi: 'Dân số', en: 'Population' }, 'en')).toBe('Population');
  });

  it('carry a locale and a dictionary', () => {
    expect(locale('vi')).toBe('vi-VN');
    expect(messages('en').tasks).toBe('Tasks');
  });
});
