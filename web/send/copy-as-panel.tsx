import { Select } from 'antd';
import { useId, useState } from 'react';
import { CopyButton } from '../parts/copy-button.tsx';
import { useTexts } from '../preferences.ts';
import { readStored, writeStored } from '../storage.ts';
import { type Call, CODE_KINDS, type CodeKind, placeholderOf, writeCode } from './copy-as.ts';

/** The longest command that cmd.exe takes. */
const MAX_CMD = 8_191;

/** @param call addressed to no channel at all, it is one that the API refuses: none is offered. */
export function CopyAs({ call }: { readonly call: Call }) {
  const t = useTexts();
  const id = useId();
  const [kind, setKind] = useState(readKind);
  const code = call.to?.length === 0 ? null : writeCode[kind](call);
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
        {code !== null && <CopyButton text={code} label={t.copy} done={t.send.codeCopied} />}
      </header>
      {code === null ? (
        <p className="faint">{t.send.chooseOne}</p>
      ) : (
        <Code code={code} kind={kind} call={call} />
      )}
    </section>
  );
}

interface CodeProps {
  readonly code: string;
  readonly kind: CodeKind;
  readonly call: Call;
}

function Code({ code, kind, call: { headerNames } }: CodeProps) {
  const t = useTexts();
  return (
    <>
      {kind === 'cmd' && code.length > MAX_CMD && <p className="bad small">{t.send.cmdTooLong}</p>}
      {headerNames.length > 0 && (
        <p className="warn small">{t.send.placeholderHint(headerNames.map(placeholderOf).join(', '))}</p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
      <pre className="code" tabIndex={0}>
        {code}
      </pre>
    </>
  );
}

function readKind(): CodeKind {
  const stored = readStored('localStorage', 'code');
  return CODE_KINDS.find((known) => known === stored) ?? 'sh';
}
