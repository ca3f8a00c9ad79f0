import { Select } from 'antd';
import { useId, useState } from 'react';
import { CopyButton } from '../parts/copy-button.tsx';
import { useTexts } from '../preferences.ts';
import { readStored, writeStored } from '../storage.ts';
import { type Call, CODE_KINDS, type CodeKind, placeholderOf, writeCode } from './copy-as.ts';

/** The longest command that cmd.exe takes. */
const MAX_CMD = 8_191;

export function CopyAs({ call }: { readonly call: Call }) {
  const t = useTexts();
  const id = useId();
  const [kind, setKind] = useState(readKind);
  const code = writeCode[kind](call);
  const choose = (next: CodeKind) => {
    writeStored('localStorage', 'code', next);
    setKind(next);
  };
  return (
    <section className="panel copy-as" aria-labelledby={id}>
      <header>
        <h2 id={id}>{t.send.copyAs}</h2>
        <Select<CodeKind>
          aria-label={t.send.copyAs}
          value={kind}
          onChange={choose}
          size="small"
          popupMatchSelectWidth={false}
          options={CODE_KINDS.map((value) => ({ value, label: t.send.codeKinds[value] }))}
        />
        <CopyButton text={code} label={t.copy} done={t.send.codeCopied} />
      </header>
      {kind === 'cmd' && code.length > MAX_CMD && <p className="bad small">{t.send.cmdTooLong}</p>}
      {call.headerNames.length > 0 && (
        <p className="warn small">{t.send.placeholderHint(call.headerNames.map(placeholderOf).join(', '))}</p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
      <pre className="code" tabIndex={0}>
        {code}
      </pre>
    </section>
  );
}

function readKind(): CodeKind {
  const stored = readStored('localStorage', 'code');
  return CODE_KINDS.find((known) => known === stored) ?? 'sh';
}
