import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Secret } from '../core/secret.ts';
import { discordBot } from '../providers/discord_bot.ts';
import { providers } from '../providers/registry.ts';
import { webhook } from '../providers/webhook.ts';
import { endpointHash } from './endpoint-hash.ts';

test('an endpoint hash names the same endpoint alike and shows nothing of it', () => {
  const hash = (url: string) => endpointHash(webhook, new Secret(url));
  assert.match(hash('https://a.example/x'), /^[0-9a-f]{64}$/);
  assert.equal(hash('HTTPS://A.example:443/b/../x#y'), hash('https://a.example/x'));
  assert.notEqual(hash('https://a.example/x'), hash('https://a.example/X'));
  assert.notEqual(hash('https://a.example/x?k=1'), hash('https://a.example/x?k=2'));
});

test('the platform says which addresses are one endpoint', () => {
  const [plain, versioned] = ['/api/webhooks/1/tok', '/api/v10/webhooks/1/tok?wait=true'].map(
    (path) => new Secret(`https://discord.com${path}`),
  );
  assert.ok(plain && versioned);
  assert.equal(endpointHash(discordBot, plain), endpointHash(discordBot, versioned));
  assert.notEqual(endpointHash(webhook, plain), endpointHash(webhook, versioned));
});

test('an address as the platform gives it out has the hash under which stores know it', () => {
  for (const provider of providers) {
    const hash = createHash('sha256').update(provider.exampleUrl).digest('hex');
    assert.equal(endpointHash(provider, new Secret(provider.exampleUrl)), hash);
  }
  assert.equal(
    endpointHash(discordBot, new Secret('https://discord.com/api/webhooks/1/tok')),
    'cfaf4f3eda39c86187ff30e9396524cda1fb4f9777e56585a6ad7aa5d455d893',
  );
});
