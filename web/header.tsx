import { useEffect, useState } from 'react';
import { type LiveState, liveState } from './api/live.ts';
import { Icon, type IconName } from './parts/icons.tsx';
import { setLang, setTheme, THEMES, type Theme, useLang, useTexts, useTheme } from './preferences.ts';
import { followInPage, usePath } from './router.ts';
import { useStore } from './store.ts';

const THEME_ICONS: Readonly<Record<Theme, IconName>> = { system: 'screen', light: 'sun', dark: 'moon' };

export function Header() {
  const t = useTexts();
  const lang = useLang();
  const theme = useTheme();
  const path = usePath();
  const nextTheme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  const themeWords = t.nav.theme(t.nav.themes[theme]);
  return (
    <header className="top">
      <div className="inner">
        <a className="brand" href="/log" onClick={followInPage}>
          <Logo />
          <span>PostPoint</span>
        </a>
        <nav aria-label={t.nav.label}>
          <NavLink href="/log" isCurrent={path !== '/send'} words={t.nav.log} />
          <NavLink href="/send" isCurrent={path === '/send'} words={t.nav.send} />
          <a className="nav" href="/swagger/">
            {t.nav.api}
          </a>
        </nav>
        <div className="end">
          <LiveBadge />
          <button
            type="button"
            className="quiet theme"
            aria-label={themeWords}
            data-tip={themeWords}
            onClick={() => setTheme(nextTheme)}
          >
            <Icon name={THEME_ICONS[theme]} />
            <span className="words">{t.nav.themes[theme]}</span>
          </button>
          <button
            type="button"
            className="quiet"
            lang={lang === 'zh' ? 'en' : 'zh-CN'}
            title={t.nav.language}
            onClick={() => setLang(lang === 'zh' ? 'en' : 'zh')}
          >
            {t.nav.switchTo}
          </button>
        </div>
      </div>
    </header>
  );
}

function NavLink({ href, isCurrent, words }: { href: string; isCurrent: boolean; words: string }) {
  return (
    <a className="nav" href={href} aria-current={isCurrent ? 'page' : undefined} onClick={followInPage}>
      {words}
    </a>
  );
}

/** A first connection is made at once; only one that takes longer is worth a word. */
const PATIENCE_MS = 1_500;

function LiveBadge() {
  const t = useTexts();
  const state = useStore(liveState);
  const [isPatient, setPatient] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  const words: Readonly<Record<LiveState, readonly [short: string, long: string]>> = {
    connecting: [isPatient ? t.connection.live : t.connection.connecting, t.connection.connecting],
    live: [t.connection.live, t.connection.live],
    polling: [t.connection.pollingShort, t.connection.polling],
    offline: [t.connection.offlineShort, t.connection.offline],
  };
  const [short, long] = words[state];
  return (
    <span className={`live ${state}`} role="status" aria-label={long} data-tip={long}>
      <span className="dot" aria-hidden="true" />
      <span className="words">{short}</span>
    </span>
  );
}

function Logo() {
  return (
    <svg className="logo" width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M8 9h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-9l-5 4v-4H8a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2z" />
    </svg>
  );
}
