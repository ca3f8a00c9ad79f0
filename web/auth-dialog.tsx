import { Alert, Button, Modal } from 'antd';
import { type FormEvent, useId, useState } from 'react';
import { authState, headerValues, keepHeaderValues, requiredHeaderNames } from './api/required-headers.ts';
import { useTexts } from './preferences.ts';
import { useStore } from './store.ts';

/** Asks for the values of `api.headers`; the service judges them with the next call. */
export default function AuthDialog() {
  const t = useTexts();
  const state = useStore(authState);
  const id = useId();
  const [values, setValues] = useState(headerValues.get);
  const isKnown = requiredHeaderNames.length > 0;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    keepHeaderValues(values);
  };

  return (
    <Modal open title={t.auth.title} closable={false} keyboard={false} footer={null} width={440} centered>
      <form className="auth" onSubmit={submit} autoComplete="off">
        <p>{t.auth.lead}</p>
        {state === 'wrong' && <Alert type="error" showIcon title={t.auth.wrong} role="alert" />}
        {!isKnown && <Alert type="error" showIcon title={t.auth.unknownNames} role="alert" />}
        {requiredHeaderNames.map((name, index) => (
          <div key={name} className="field">
            <label htmlFor={`${id}${index}`}>{t.auth.valueOf(name)}</label>
            <input
              id={`${id}${index}`}
              type="password"
              required
              // biome-ignore lint/a11y/noAutofocus: the dialog has nothing else to do
              autoFocus={index === 0}
              autoComplete="off"
              spellCheck={false}
              value={values[name] ?? ''}
              onChange={({ target }) => setValues({ ...values, [name]: target.value })}
            />
          </div>
        ))}
        <Button type="primary" htmlType="submit" block disabled={!isKnown}>
          {t.auth.submit}
        </Button>
      </form>
    </Modal>
  );
}
