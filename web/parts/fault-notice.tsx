import { Alert, Button } from 'antd';
import { ApiFault } from '../api/client.ts';
import { useTexts } from '../preferences.ts';

interface Props {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** Why something could not be read, told apart: nobody answers, or the service says no. */
export function FaultNotice({ error, onRetry }: Props) {
  const t = useTexts();
  const fault = error instanceof ApiFault ? error : null;
  // The dialog that asks for the values says it all.
  if (fault?.kind === 'unauthenticated') return null;
  const isNetwork = fault?.kind === 'network';
  const title = isNetwork
    ? t.faults.network
    : fault?.kind === 'refused'
      ? t.faults.refused
      : t.faults.unexpected;
  const detail = isNetwork
    ? t.faults.networkHint
    : [fault?.message ?? String(error), fault?.requestId ? t.faults.requestId(fault.requestId) : null]
        .filter(Boolean)
        .join(' · ');
  return (
    <Alert
      type="error"
      showIcon
      title={title}
      description={detail}
      action={
        onRetry && (
          <Button size="small" onClick={onRetry}>
            {t.retry}
          </Button>
        )
      }
    />
  );
}
