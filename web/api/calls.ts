import { apiParameters, type Filters } from '../log/filters.ts';
import { callApi } from './client.ts';
import type { Channel, DetailedMessage, MessagePage, Preview, Stats, StatsRange } from './types.ts';

export const PAGE_SIZE = 50;

interface PageOf {
  readonly filters: Filters;
  readonly cursor: string | null;
  /** What a period counts back from. */
  readonly nowMs: number;
}

export function fetchPage({ filters, cursor, nowMs }: PageOf, signal?: AbortSignal): Promise<MessagePage> {
  const parameters = apiParameters(filters, nowMs);
  parameters.set('limit', String(PAGE_SIZE));
  if (cursor !== null) parameters.set('cursor', cursor);
  return callApi<MessagePage>(`/api/messages?${parameters}`, { signal });
}

export async function fetchMessage(id: string, signal?: AbortSignal): Promise<DetailedMessage> {
  const path = `/api/messages/${encodeURIComponent(id)}`;
  return (await callApi<{ message: DetailedMessage }>(path, { signal })).message;
}

export async function fetchChannels(signal?: AbortSignal): Promise<readonly Channel[]> {
  return (await callApi<{ items: Channel[] }>('/api/channels', { signal })).items;
}

export function fetchStats(range: StatsRange, signal?: AbortSignal): Promise<Stats> {
  return callApi<Stats>(`/api/stats?range=${range}`, { signal });
}

export async function resumeChannel(name: string): Promise<void> {
  await callApi(`/api/channels/${encodeURIComponent(name)}/resume`, { method: 'POST' });
}

/** @returns how many deliveries were queued. */
export async function resend(messageId: string, channels: readonly string[]): Promise<number> {
  const path = `/api/messages/${encodeURIComponent(messageId)}/resend`;
  return (await callApi<{ deliveries: unknown[] }>(path, { method: 'POST', body: { channels } })).deliveries
    .length;
}

export interface TextBody {
  readonly msg: string;
  readonly to?: readonly string[];
}

export async function fetchPreview(body: TextBody, signal?: AbortSignal): Promise<readonly Preview[]> {
  return (await callApi<{ items: Preview[] }>('/api/preview', { method: 'POST', body, signal })).items;
}

/** @returns the message's id. A repeat with the same `requestId` within two minutes gets the first answer again. */
export async function sendText(body: TextBody, requestId: string, signal?: AbortSignal): Promise<string> {
  const headers = { 'x-ppt-request-id': requestId };
  return (await callApi<{ id: string }>('/api/text', { method: 'POST', body, headers, signal })).id;
}
