import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Checkbox } from 'antd';
import { useState } from 'react';
import { resend } from '../api/calls.ts';
import type { Channel, DetailedMessage } from '../api/types.ts';
import { Icon } from '../parts/icons.tsx';
import { type PageTexts, useTexts } from '../preferences.ts';
import { latestDeliveries } from './latest-deliveries.ts';
import { type CopyRisk, copyRisk, failedChannels } from './resend-choice.ts';

interface Props {
  readonly message: DetailedMessage;
  readonly channels: readonly Channel[];
}

/** Sends the message again: where it failed, everywhere, or where one chooses; a possible second copy is told first. */
export function ResendPanel({ message, channels }: Props) {
  const t = useTexts();
  const { message: toast } = App.useApp();
  const client = useQueryClient();
  /** null: the panel is closed. */
  const [chosen, setChosen] = useState<readonly string[] | null>(null);
  const failed = failedChannels(message);
  const configured = channels.map(({ name }) => name);
  const addressed = latestDeliveries(message.deliveries)
    .map(({ latest }) => latest.channel)
    .filter((name) => configured.includes(name));
  const failedHere = failed.filter((name) => configured.includes(name));

  const mutation = useMutation({
    mutationFn: (names: readonly string[]) => resend(message.id, names),
    onSuccess: (count) => {
      toast.success(t.message.resentOk(count));
      setChosen(null);
      void client.invalidateQueries({ queryKey: ['message', message.id] });
    },
    onError: (error) => toast.error(error.message),
  });

  if (chosen === null) {
    return (
      <div className="resend buttons">
        {failedHere.length > 0 && (
          <Button type="primary" icon={<Icon name="retry" />} onClick={() => setChosen(failedHere)}>
            {t.message.resendFailed(failedHere.length)}
          </Button>
        )}
        {addressed.length > 0 && (
          <Button
            icon={failedHere.length > 0 ? undefined : <Icon name="retry" />}
            onClick={() => setChosen(addressed)}
          >
            {t.message.resendAll}
          </Button>
        )}
        <Button onClick={() => setChosen([])}>{t.message.resendSome}</Button>
      </div>
    );
  }
  const risks = chosen.flatMap((name) => {
    const risk = copyRisk(message, name);
    return risk === null ? [] : [{ name, risk }];
  });
  return (
    <section className="resend panel" aria-label={t.message.resend}>
      <Checkbox.Group
        className="choices"
        value={[...chosen]}
        onChange={setChosen}
        options={configured.map((name) => ({ value: name, label: <bdi>{name}</bdi> }))}
      />
      {risks.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t.message.mayDuplicate}
          description={
            <ul className="risks">
              {risks.map(({ name, risk }) => (
                <li key={name}>
                  <bdi>{t.message.risk(name, riskWords(risk, t))}</bdi>
                </li>
              ))}
            </ul>
          }
        />
      )}
      <div className="buttons">
        <Button
          type="primary"
          danger={risks.length > 0}
          disabled={chosen.length === 0}
          loading={mutation.isPending}
          onClick={() => mutation.mutate(chosen)}
        >
          {chosen.length === 0 ? t.message.chooseOne : t.message.resendSubmit(chosen.length)}
        </Button>
        <Button onClick={() => setChosen(null)}>{t.cancel}</Button>
      </div>
    </section>
  );
}

function riskWords(risk: CopyRisk, t: PageTexts): string {
  switch (risk) {
    case 'delivered':
      return t.message.alreadyDelivered;
    case 'unknown':
      return t.message.maybeDelivered;
    case 'open':
      return t.message.stillOpen;
    default:
      return risk satisfies never;
  }
}
