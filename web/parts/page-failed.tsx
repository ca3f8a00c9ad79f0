import { useEffect } from 'react';
import { ApiFault } from '../api/client.ts';
import { useTexts } from '../preferences.ts';
import { FaultNotice } from './fault-notice.tsx';

const RETRY_MS = 5_000;

/** What stands in the place of a page that could not be drawn. */
export function PageFailed({ error }: { readonly error: unknown }) {
  const t = useTexts();
  if (error instanceof ApiFault && error.kind === 'network') return <NotLoaded error={error} />;
  return (
    <div className="empty" role="alert">
      <strong>{t.pageFailed}</strong>
      <button type="button" className="quiet" onClick={() => location.reload()}>
        {t.reload}
      </button>
    </div>
  );
}

/** Browsers may remember that a script was not to be had, so that all is loaded anew, once the service answers. */
function NotLoaded({ error }: { readonly error: ApiFault }) {
  useEffect(() => {
    const timer = setInterval(reloadOnceThere, RETRY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="page">
      <FaultNotice error={error} onRetry={reloadOnceThere} />
    </div>
  );
}

function reloadOnceThere(): void {
  fetch('/healthz', { cache: 'no-store' }).then(
    ({ ok }) => ok && location.reload(),
    () => undefined,
  );
}
