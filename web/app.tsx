import { StyleProvider } from '@ant-design/cssinjs';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp, ConfigProvider } from 'antd';
import antEnglish from 'antd/locale/en_US';
import antChinese from 'antd/locale/zh_CN';
import { lazy, Suspense, useEffect } from 'react';
import { ApiFault } from './api/client.ts';
import { listen } from './api/live.ts';
import { authState } from './api/required-headers.ts';
import { Header } from './header.tsx';
import { LogSkeleton } from './log/log-skeleton.tsx';
import { ErrorBoundary } from './parts/error-boundary.tsx';
import { TipLayer } from './parts/tip.tsx';
import { useIsDark, useLang, useTexts } from './preferences.ts';
import { usePath } from './router.ts';
import { useStore } from './store.ts';
import { antTheme } from './theme.ts';

const LogPage = lazy(() => import('./log/log-page.tsx'));
const SendPage = lazy(() => import('./send/send-page.tsx'));
const AuthDialog = lazy(() => import('./auth-dialog.tsx'));

const RETRY_MS = 5_000;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // A service that is away is asked again until it is back; a refusal stays one.
      retry: (_, error) => error instanceof ApiFault && error.kind === 'network' && !error.status,
      retryDelay: RETRY_MS,
      staleTime: 1_000,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

// What was refused for want of a header's value is asked again when there are others.
authState.subscribe(() => {
  if (authState.get() === 'ok') void queries.invalidateQueries();
});

export function App() {
  const isDark = useIsDark();
  const lang = useLang();
  return (
    // In a layer of its own, so that app.css wins without a fight over specificity.
    <StyleProvider layer>
      <ConfigProvider
        theme={antTheme(isDark)}
        locale={lang === 'zh' ? antChinese : antEnglish}
        button={{ autoInsertSpace: false }}
      >
        <AntApp component={false} message={{ duration: 3 }}>
          <QueryClientProvider client={queries}>
            <Page />
          </QueryClientProvider>
        </AntApp>
      </ConfigProvider>
    </StyleProvider>
  );
}

function Page() {
  const t = useTexts();
  const isSend = usePath() === '/send';
  const auth = useStore(authState);
  // Every page shows how the connection stands, also one that has nothing to follow yet.
  useEffect(() => listen({ onChange: () => undefined, onReset: () => undefined }), []);
  useEffect(() => {
    document.title = isSend ? t.titles.send : t.titles.log;
  }, [isSend, t]);
  return (
    <>
      <a className="skip" href="#content">
        {t.nav.skip}
      </a>
      <Header />
      <main id="content" tabIndex={-1}>
        <ErrorBoundary key={isSend ? 'send' : 'log'} fallback={<Failed />}>
          <Suspense fallback={isSend ? null : <LogSkeleton />}>
            {isSend ? <SendPage /> : <LogPage />}
          </Suspense>
        </ErrorBoundary>
        <TipLayer />
      </main>
      {auth !== 'ok' && (
        <Suspense fallback={null}>
          <AuthDialog />
        </Suspense>
      )}
    </>
  );
}

function Failed() {
  const t = useTexts();
  return (
    <div className="empty" role="alert">
      <strong>{t.pageFailed}</strong>
      <button type="button" className="quiet" onClick={() => location.reload()}>
        {t.reload}
      </button>
    </div>
  );
}
