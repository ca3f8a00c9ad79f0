import type { LogQuery } from '../store/store.ts';
import { invalidArgument } from './api-error.ts';
import { FILTER_PARAMETERS, readParameters } from './messages-query.ts';
import { parseQuery } from './query.ts';

export const EXPORT_FORMATS = ['ndjson', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const EXPORT_PARAMETERS = ['format', ...FILTER_PARAMETERS] as const;

export interface ExportQuery {
  readonly format: ExportFormat;
  readonly filters: Omit<LogQuery, 'limit' | 'beforeId'>;
}

/** @throws ApiError that names the parameter. */
export function parseExportQuery(target: string): ExportQuery {
  const { format: name, ...filters } = parseQuery(target, EXPORT_PARAMETERS);
  const format = EXPORT_FORMATS.find((known) => known === name);
  if (format === undefined) throw invalidArgument((t) => t.badFormat(EXPORT_FORMATS.join(', ')));
  return { format, filters: readParameters(filters) };
}
