export type Encoding = 'br' | 'gzip' | 'identity';

/**
 * The form of a file that a caller takes: brotli before gzip before the file as it is, where `Accept-Encoding` allows it.
 *
 * @param has the forms that there are besides `identity`.
 */
export function pickEncoding(acceptEncoding: string | undefined, has: readonly Encoding[]): Encoding {
  const taken = new Map(
    (acceptEncoding ?? '').split(',').map((item) => {
      const [name = '', ...parameters] = item.toLowerCase().split(';');
      const weight = parameters.map((text) => /^\s*q=([\d.]+)\s*$/.exec(text)?.[1]).find(Boolean);
      return [name.trim(), weight === undefined || Number(weight) > 0] as const;
    }),
  );
  const isTaken = (name: Encoding) => taken.get(name) ?? taken.get('*') ?? false;
  return (['br', 'gzip'] as const).find((name) => has.includes(name) && isTaken(name)) ?? 'identity';
}
