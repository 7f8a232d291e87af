import type { Text } from '../api/types';
import { en } from './en';
import { vi, type Messages } from './vi';

export type { Messages } from './vi';

/** Languages of the page; Vietnamese is the default and the fallback. */
export type Lang = 'vi' | 'en';

const dictionaries: Record<Lang, Messages> = { vi, en };

/** The dictionary of a language. */
export function messages(lang: Lang): Messages {
  return dictionaries[lang];
}

/** BCP 47 locale for Intl: day/month order and decimal comma come from here. */
export function locale(lang: Lang): string {
  return lang === 'vi' ? 'vi-VN' : 'en-GB';
}

/** A catalogue text in the language, Vietnamese where the other is missing. */
export function textIn(text: Text, lang: Lang): string {
  return (lang === 'en' && text.en) || text.vi;
}
