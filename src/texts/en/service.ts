import type { service as zh } from '../zh/service.ts';

export const service: typeof zh = {};
