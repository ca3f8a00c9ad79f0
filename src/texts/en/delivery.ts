import type { delivery as zh } from '../zh/delivery.ts';

export const delivery: typeof zh = {};
