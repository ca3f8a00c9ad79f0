import type { LocalText } from '../core/local-text.ts';
import type { OpenStandIn } from './stand-in.ts';

/** All that the sandbox knows of one platform. It stands in the stand-in's own file. */
export interface Platform {
  /** As in the configuration: `feishu_bot`. */
  readonly id: string;
  /** What people call it, as short as it goes. */
  readonly label: LocalText;
  /** Its colour on the page, `#rrggbb`. */
  readonly mark: string;
  /** What a group gets whose options say nothing. The keys have the real ones' shape and are worth nothing elsewhere. */
  readonly demo: {
    readonly key: string;
    readonly secret: string | null;
    /** Path and query of the endpoint that a key belongs to. */
    target(key: string): string;
    /** The demo key of the nth group, from 2. Default: the number behind the first one's. */
    anotherKey?(key: string, nth: number): string;
  };
  readonly open: OpenStandIn;
}
