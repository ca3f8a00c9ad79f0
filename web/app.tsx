import { StyleProvider } from '@ant-design/cssinjs';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp, ConfigProvider } from 'antd';
import antEnglish from 'antd/locale/en_US';
import antChinese from 'antd/locale/zh_CN';
import { Suspense, useEffect } from 'react';
import { ApiFault } from './api/client.ts';
import { listen } from './api/live.ts';
import { authState } from './api/required-headers.ts';
import { Header } from './header.tsx';
import { LogSkeleton } from './log/log-skeleton.tsx';
import { ErrorBoundary } from './parts/error-boundary.tsx';
import { lazyPart } from './parts/lazy-part.ts';
import { PageFailed } from './parts/page-failed.tsx';
import { TipLayer } from './parts/tip.tsx';
import { useIsDark, useLang, useTexts } from './preferences.ts';
import { usePath } from './router.ts';
import { useStore } from './store.ts';
import { antTheme } from './theme.ts';

const loadLogPage = () => import('./log/log-page.tsx');
const loadSendPage = () => import('./send/send-page.tsx');
const LogPage = lazyPart(loadLogPage);
const SendPage = lazyPart(loadSendPage);
const AuthDialog = lazyPart(() => import('./auth-dialog.tsx'));

/** By then everything that the page itself needs is there. */
const AHEAD_MS = 3_000;
/** So that a reader who goes there finds it, also while the service is away. What fails is loaded when it is wanted. */
setTimeout(() => {
  for (const load of [loadLogPage, loadSendPage]) load().catch(() => undefined);
}, AHEAD_MS);

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
        <ErrorBoundary key={isSend ? 'send' : 'log'} fallback={(error) => <PageFailed error={error} />}>
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
