import manifest from '../../package.json' with { type: 'json' };

export const version: string = manifest.version;

/** `PostPoint v0.1.0 linux/x64, node v26.0.0` */
export function versionLine(): string {
  return `PostPoint v${version} ${process.platform}/${process.arch}, node ${process.version}`;
}
