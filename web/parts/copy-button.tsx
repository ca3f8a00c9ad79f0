import { App, Button } from 'antd';
import { useTexts } from '../preferences.ts';
import { copyText } from './copy.ts';
import { Icon, type IconName } from './icons.tsx';

interface Props {
  readonly text: string;
  readonly label: string;
  readonly icon?: IconName;
  /** What to say once it is copied. */
  readonly done?: string;
}

export function CopyButton({ text, label, icon = 'copy', done }: Props) {
  const t = useTexts();
  const { message } = App.useApp();
  const copy = async () => {
    if (await copyText(text)) message.success(done ?? t.copied);
    else message.error(t.copyFailed);
  };
  return (
    <Button size="small" icon={<Icon name={icon} />} onClick={copy}>
      {label}
    </Button>
  );
}
