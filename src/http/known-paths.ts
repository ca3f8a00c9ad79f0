/** The paths that exist, to tell "no such URL" from "wrong method". */
export interface KnownPaths {
  add(pattern: string, methods: readonly string[]): void;
  /** Methods of the path that a request's target names, as `Allow` lists them; null for an unknown path. */
  allowFor(target: string): string | null;
}

export function createKnownPaths(): KnownPaths {
  const paths = new Map<string, { readonly shape: RegExp; readonly methods: Set<string> }>();
  return {
    add(pattern, methods) {
      const known = paths.get(pattern) ?? { shape: shapeOf(pattern), methods: new Set<string>() };
      for (const method of methods) known.methods.add(method);
      paths.set(pattern, known);
    },
    allowFor(target) {
      const path = pathOf(target);
      for (const { shape, methods } of paths.values()) {
        if (shape.test(path)) return [...methods].sort().join(', ');
      }
      return null;
    },
  };
}

/** `/a/:id` -> `^/a/[^/]+$`, `/b/*` -> `^/b/[^]*$` */
function shapeOf(pattern: string): RegExp {
  const parts = pattern.split('/').map((part) => {
    if (part === '*') return '[^]*';
    return part.startsWith(':') ? '[^/]+' : RegExp.escape(part);
  });
  return new RegExp(`^${parts.join('/')}$`);
}

/** The decoded path of a request target, which may be a whole URL (RFC 9112 section 3.2.2). */
function pathOf(target: string): string {
  const path = target.replace(/^https?:\/\/[^/]*/i, '').replace(/[?#].*$/s, '');
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
