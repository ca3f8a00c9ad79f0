import manifest from '../../package.json' with { type: 'json' };

/**
 * What every request of ours says it comes from. Discord needs a product, a version and a URL in it: without them
 * its gateway may refuse the request.
 *
 * https://docs.discord.com/developers/reference#user-agent (read 2026-09)
 */
export const USER_AGENT = `PostPoint/${manifest.version} (+https://github.com/lenye/postpoint)`;
