import { MASK } from '../words/words.ts';
import { anyCase, lazily, masking, type Rule, replaceAll } from './rule.ts';

// Addresses whose path is a credential, also without a scheme and in the query of another address.

const SLASH = '(?:/|%2[Ff])';
const PATH = '[^\\s"\'<>?#&]+';

/** Splits an address around its key, and lets each of its slashes be encoded. */
function address(before: string, key: string, after: string): Rule {
  const [a, b, c] = [before, key, after].map((part) => anyCase(part).replaceAll('/', SLASH));
  return { before: a as string, key: b as string, after: c as string, value: PATH };
}

export const WEBHOOK_RULES: readonly Rule[] = [
  address('hoo', 'ks\\.', 'slack\\.com/(?:services|workflows|triggers)/'),
  address('hoo', 'ks\\.', 'zapier\\.com/hooks/catch/'),
  address('hoo', 'k\\.e', 'u[0-9]\\.make\\.com/'),
  address('hoo', 'k\\.u', 's[0-9]\\.make\\.com/'),
  address('/open-a', 'pis', '/bot/v2/hook/'),
  address('\\.inf', 'ura', '\\.io/(?:ws/)?v3/'),
  address('g\\.alc', 'hem', 'y\\.com/(?:nft/)?v[23]/'),
  address('discord(?:app)?\\.com/api/we', 'bho', 'oks/[0-9]{1,20}/'),
  address('api\\.tel', 'egr', 'am\\.org/(?:file/)?bot'),
  // The path alone, as access logs have it
  { before: '(?:/|%2[Ff])bot\\d{6,12}', key: ':AA', after: '', value: '[\\w-]{30,}' },
  address('webhook\\.office\\.com/webho', 'okb', '2/'),
];

const replacements = lazily(() => WEBHOOK_RULES.map((rule) => masking(rule, MASK)));

/** Masks the paths of webhooks. */
export function maskWebhooks(text: string): string {
  return replaceAll(replacements(), text);
}
