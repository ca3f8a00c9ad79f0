import { useSyncExternalStore } from 'react';
import { pages as en } from '../src/texts/en/pages.ts';
import type { Lang } from '../src/texts/texts.ts';
import { pages as zh } from '../src/texts/zh/pages.ts';
import { chooseLang } from './choose-lang.ts';
import { readStored, writeStored } from './storage.ts';
import { createStore, useStore } from './store.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export type PageTexts = typeof zh;

const catalogue: Readonly<Record<Lang, PageTexts>> = { zh, en };

const langStore = createStore<Lang>(
  chooseLang({
    asked: new URLSearchParams(location.search).get('lang'),
    stored: readStored('localStorage', 'lang'),
    preferred: navigator.languages,
  }),
);
const themeStore = createStore<Theme>(
  THEMES.find((theme) => theme === readStored('localStorage', 'theme')) ?? 'system',
);
const darkSystem = matchMedia('(prefers-color-scheme: dark)');

showOnDocument();

export const currentLang = langStore.get;
export const useLang = () => useStore(langStore);
export const useTheme = () => useStore(themeStore);

export function useTexts(): PageTexts {
  return catalogue[useLang()];
}

export function setLang(lang: Lang): void {
  writeStored('localStorage', 'lang', lang);
  langStore.set(lang);
  showOnDocument();
}

export function setTheme(theme: Theme): void {
  writeStored('localStorage', 'theme', theme === 'system' ? null : theme);
  themeStore.set(theme);
  showOnDocument();
}

/** Whether the page is dark now, by choice or by the system. */
export function useIsDark(): boolean {
  const theme = useTheme();
  const systemIsDark = useSyncExternalStore(
    (listener) => {
      darkSystem.addEventListener('change', listener);
      return () => darkSystem.removeEventListener('change', listener);
    },
    () => darkSystem.matches,
  );
  return theme === 'system' ? systemIsDark : theme === 'dark';
}

function showOnDocument(): void {
  const { documentElement } = document;
  documentElement.lang = catalogue[langStore.get()].langTag;
  documentElement.dataset.theme = themeStore.get();
}
