import type { Provider, ProviderField } from '../providers/provider.ts';

/** Stand-ins for the tests of this room: facts as the configuration sees them, and nothing that sends. */
function provider(id: string, fields: readonly ProviderField[], minute: number, second: number): Provider {
  const source = 'test';
  return {
    id,
    label: { zh: `${id} 平台`, en: id },
    exampleUrl: `https://${id}.example/xxx`,
    ownUrl: id === 'webhook' ? null : new RegExp(`^${id}\\.example/`),
    fields,
    limitScope: (url) => url,
    windows: {
      minute: { maxSends: minute, documented: null, source },
      second: { maxSends: second, documented: null, source },
    },
    textLimit: null,
    codes: {},
    buildRequest: () => ({ method: 'POST', url: '', headers: {}, body: null }),
    readAnswer: () => ({ kind: 'ok', platformCode: null, error: null }),
  };
}

export const testProviders: readonly Provider[] = [
  provider('workweixin_bot', [], 18, 1),
  provider('feishu_bot', ['secret'], 98, 4),
  provider('slack_bot', [], 0, 1),
  provider('webhook', ['secret', 'endpoint.method', 'content_type', 'headers'], 0, 10),
];
