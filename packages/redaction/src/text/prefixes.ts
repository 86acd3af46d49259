import type { Rule } from './rule.ts';

// The prefixes by which keys and tokens are recognised, each as the source of a regular expression
// without groups: letters, digits and character classes.

/** Prefixes that nothing but a credential has. */
export const CERTAIN: readonly string[] = [
  ...['sk-proj[-_]', 'sk-ant[-_]', 'sk-or[-_]', 'sk-svcacct[-_]', 'sk-admin[-_]', 'sk-lf[-_]'],
  ...['sk_live_', 'sk_test_', 'sk_prod_', '[pr]k_live_', '[pr]k_test_', 'rzp_live_', 'rzp_test_'],
  ...[
    'FLWSECK[-_]',
    'whsec[-_]',
    'gsk[-_]',
    'xai[-_]',
    'nvapi[-_]',
    'github_pat_',
    'gh[pousr][-_]',
  ],
  ...['glpat[-_]', 'gldt[-_]', 'glrt[-_]', 'glcbt[-_]', 'glptt[-_]', 'glft[-_]', 'glsoat[-_]'],
  ...['glimt[-_]', 'gls[ac]_', 'glc_eyJ', 'do[por]_v1_', 'dckr_[po]at[-_]', 'lin_api_'],
  ...['shpat[-_]', 'shpss[-_]', 'shpca[-_]', 'shppa[-_]', 'sq[apu]_'],
  ...['sntry[su][-_]', 'xox[abcdeopqrs][-_]', 'xapp[-_]', 'GOCSPX[-_]', 'tvly[-_]'],
  ...['AGE-SECRET-KEY-', 'xkeysib[-_]', 'lsv2_[ps][tk]_', 'pcsk[-_]', 'esecret[-_]', 'PMAK[-_]'],
  ...[
    'figd[-_]',
    'sbp[-_]',
    'sb_secret_',
    'tskey-',
    'CFPAT-',
    'NRAK-',
    'NRII-',
    'HRKU-',
    'vc[akpri]_',
  ],
  ...['ops_eyJ', 'bedrock-api-key-', 'npg_', 'pscale_pw_', 'pscale_tkn_', 'pscale_oauth_'],
  ...['bkua_', 'CCIPAT_', 'pnu_', 'llx-', 'bb_live_', 'bb_test_', 'apify_api_', 'fm[12]_'],
  ...['signkey-prod-', 'signkey-test-', 'signkey-branch-'],
  ...[
    'glffct[-_]',
    'glagent[-_]',
    'glwt[-_]',
    'lin_oauth_',
    'hcaik_',
    'shippo_live_',
    'shippo_test_',
  ],
  ...['duffel_live_', 'duffel_test_', 'api_org_', 'ek_live_', 'ek_test_', 'pnb_', 'ls__'],
  ...['tr_prod_', 'tr_stg_', 'tr_dev_', 'tr_preview_'],
];

/** Prefixes that words have too. */
export const LIKELY: readonly string[] = [
  ...['pk[-_]', 'hf[-_]', 'npm[-_]', 'r8[-_]', 'fw[-_]', 'ntn[-_]', 'secret[-_]', 'rpa[-_]'],
  ...['jina[-_]', 'ph[cx][-_]', 'fc[-_]', 'tgp[-_]', 'key[-_]', 'pa[-_]', 'voyage[-_]', 'pplx[-_]'],
  ...['pypi[-_]', 'e2b[-_]', 'nfp[-_]', 'rubygems[-_]', 'dop[-_]', 'pul-', 'rnd_', 'm0-', 'emb_'],
  ...['nk-', 're_', 'tfp_', 'access-production-', 'access-sandbox-', 'access-development-'],
  ...['napi_', 'sess-', 'pubkey-', 'pat-', 'sdk-', 'mob-'],
];

/** Prefixes that words without a digit have too. */
export const KEYS: readonly string[] = ['sk[-_]', 'rk[-_]', 'csk[-_]'];

/** Where a word begins: also behind an escape, such as `\n` in JSON or `%22` in a URL. */
export const START = '(?:(?<![\\w-])|(?<=\\\\[nrtbf]|%[\\da-fA-F]{2}|\\\\u[\\da-fA-F]{4}))';

/** The characters of logs and prose, the most usual first; `p` to `y` share their codes with digits. */
const USUAL = 'etaoinsrdlcum-_pfhvwxyqgbkjz0123456789';

/**
 * Returns the rule of a prefix; its key is the three neighbours in it that are rarest together.
 *
 * @param prefix The prefix.
 * @param least How many characters follow at least.
 */
export function prefixRule(prefix: string, least: number): Rule {
  const items = prefix.match(/\[[^\]]+\]|[^[]/g) as string[];
  const ranks = items.map(rankOf);
  const rarity = (place: number): number =>
    (ranks[place] as number) + (ranks[place + 1] as number) + (ranks[place + 2] as number);
  let at = 0;
  for (let place = 1; place < items.length - 2; place += 1) {
    if (rarity(place) > rarity(at)) at = place;
  }
  const [before, key, after] = [items.slice(0, at), items.slice(at, at + 3), items.slice(at + 3)];
  return {
    before: START + before.join(''),
    key: key.join(''),
    after: `${after.join('')}[\\w-]{${least}}`,
  };
}

/** How rare the most usual character of an item is. */
function rankOf(item: string): number {
  let rank = USUAL.length;
  for (const character of item.toLowerCase()) {
    if (character === '[' || character === ']') continue;
    rank = Math.min(rank, USUAL.indexOf(character));
  }
  return rank;
}
