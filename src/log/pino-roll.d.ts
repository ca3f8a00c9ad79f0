/** The package brings no types; these are the options that we use. */
declare module 'pino-roll' {
  import type { SonicBoom } from 'sonic-boom';

  export interface RollingFileOptions {
    file: string;
    extension: string;
    dateFormat: string;
    frequency: 'daily' | 'hourly';
    size: string;
    limit: { count: number; removeOtherLogFiles: boolean };
    mode: number;
    maxLength: number;
  }

  export default function openRollingFile(options: RollingFileOptions): Promise<SonicBoom>;
}
