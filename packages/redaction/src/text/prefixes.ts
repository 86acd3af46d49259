import type { Rule } from './rule.ts';

// The prefixes by which keys and tokens are recognised, each as the source of a regular expression
// without groups: letters, digits and character classes.

/** Prefixes that nothing but a credential has. */
export const CERTAIN: readonly string[] = [
  ...['sk-proj[-_]', 'sk-ant[-_]', 'sk-or[-_]', 'sk-svcacct[-_]', 'sk-admin[-_]', 'sk-lf[-_]'],
  ...['sk_live_', 'sk_test_', 'sk_prod_', '[pr]k_live_', '[pr]k_test_', 'rzp_live_', 'rzp_test_'],
  ...['FLWSECK[-_]', 'gsk[-_]', 'xai[-_]', 'nvapi[-_]', 'github_pat_', 'gh[pousr][-_]'],
  ...['glpat[-_]', 'gldt[-_]', 'glrt[-_]', 'glcbt[-_]', 'glptt[-_]', 'glft[-_]', 'glsoat[-_]'],
  ...['glimt[-_]', 'glffct[-_]', 'glagent[-_]', 'glwt[-_]', 'gls[ac]_', 'do[por]_v1_'],
  ...['dckr_[po]at[-_]', 'lin_api_', 'lin_oauth_', 'shpat[-_]', 'shpss[-_]', 'shpca[-_]'],
  ...['shppa[-_]', 'sq[apu]_', 'xapp[-_]', 'GOCSPX[-_]', 'tvly[-_]', 'AGE-SECRET-KEY-'],
  ...['xkeysib[-_]', 'lsv2_[ps][tk]_', 'pcsk[-_]', 'esecret[-_]', 'PMAK[-_]', 'sbp[-_]'],
  ...['sb_secret_', 'tskey-', 'CFPAT-', 'NRAK-', 'NRII-', 'HRKU-'],
  ...[
    'pscale_pw_',
    'pscale_tkn_',
    'pscale_oauth_',
    'bk[uac][ajt]_',
    'CCIP[AR][TJ]_',
    'pnu_',
    'pnb_',
  ],
  ...['llx-', 'bb_live_', 'bb_test_', 'apify_api_', 'signkey-prod-', 'signkey-test-'],
  ...['signkey-branch-', 'hc[abx][ilm][ck]_', 'shippo_live_', 'shippo_test_', 'duffel_live_'],
  ...['duffel_test_', 'api_org_', 'ek_live_', 'ek_test_'],
  ...['mdb_sa_sk_', 'cf[ua]t_', 'cfk_', 'pylf_v1_', 'wandb_v1_', 'KGAT_', 'crsr_'],
  ...['ctx7sk-', 'sktsec_', 'jsrp_', 'CLOJARS_', 'gitpod_pat_', 'csb_v1_', 'dd[pow]_', 'vtwn_'],
  ...['dbt[cus]_', 'rdme_', 'alcht_', 'zpka_', 'fio-u-', 'cal_live_', 'pdl_live_', 'pdl_sdbx_'],
  ...['pdl_ntfset_', 'vercel_blob_rw_', 'polar_[owpc][ahs][ts]_', 'APP_USR-', 'Mid-server-'],
  ...['sup_sk_', '[as]k_live_', 'testsk_', 'hl_sk_', 'tpuf_', 'dtn_', 'ddapp_', 'ddpat_', 'xaat-'],
  ...['xapt-', 'AIK_', 'depot_project_', 'depot_org_', 'snyk_uat\\.', 'snyk_sat\\.', 'mlsn\\.'],
  ...['n8n_api_', 'apk_user_', 'os_v2_app_', 'scp-live-', 'ydc-sk-', 'sec-c-'],
];

/** Prefixes of Base64, which may contain `+` and `/`. */
export const CERTAIN_BASE64: readonly string[] = [
  ...[
    'glc_eyJ',
    'ops_eyJ',
    'eyJrIjoi',
    'z_eyJ',
    'sntry[su][-_]',
    'xox[abcdeopqrs][-_]',
    'whsec[-_]',
  ],
  ...['bedrock-api-key-', 'fm[12]_', 'dG9rO', 'essu_'],
];

/** Prefixes that words have too. */
export const LIKELY: readonly string[] = [
  ...['pk[-_]', 'hf[-_]', 'npm[-_]', 'r8[-_]', 'fw[-_]', 'ntn[-_]', 'secret[-_]', 'rpa[-_]'],
  ...['jina[-_]', 'ph[acrsx][-_]', 'fc-', 'tgp[-_]', 'key[-_]', 'pa[-_]', 'voyage[-_]', 'pplx[-_]'],
  ...['pypi[-_]', 'e2b_', 'nfp[-_]', 'rubygems[-_]', 'dop[-_]', 'pul-', 'rnd_', 'm0-', 'emb_'],
  ...['nk-', 'tfp_', 'access-production-', 'access-sandbox-', 'access-development-', 'napi_'],
  ...['pubkey-', 'ak_', 'arc_', 'z[uqw]t_', 'sgp_', 'xau_', 'da2-', 'unkey_', 'kpat_', 'spat_'],
  ...['skey_', 'cx[tu]p_', 'akab-', 'creem_', 'figd[-_]', 'vc[akpri]_', 'npg_', 'ls__', 'tr_prod_'],
  ...['tr_stg_', 'tr_dev_', 'tr_preview_', 'xnd_', 'am_sk_'],
];

/** Prefixes that words without a digit have too. */
export const KEYS: readonly string[] = ['sk[-_]', 'rk[-_]', 'csk[-_]'];

/** A random word of a length, with a digit, a capital and a small letter. */
export function mixed(length: number): string {
  return `(?=[A-Za-z]*\\d)(?=[a-z\\d]*[A-Z])(?=[A-Z\\d]*[a-z])[A-Za-z\\d]{${length}}(?![\\w-])`;
}

const UUID = '[\\da-f]{8}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{12}';
const HEX = '[\\da-f]{32}';
const RANDOM = '(?=[A-Za-z]*\\d)(?=[a-z\\d]*[A-Z])(?=[A-Z\\d]*[a-z])[A-Za-z\\d]{16,}';

/** Prefixes that ids of other things have too: what follows has to have the form of the key. */
export const EXACT: readonly (readonly [prefix: string, body: string, key?: number])[] = [
  ...['sdk-', 'mob-', 'api-', 'luma-', 'ark-'].map((prefix) => [prefix, UUID] as const),
  ...['ek_', 'hb_', 'pl_', 'rc_', 'opk_'].map((prefix) => [prefix, HEX] as const),
  ...[
    'sdk-',
    'mob-',
    'sess-',
    'live_',
    'ck-',
    'flp_',
    'mxb_',
    'psk-',
    'pat_',
    'up_',
    'app-',
    'dataset-',
  ].map((prefix) => [prefix, RANDOM] as const),
  // `info` and `path` are in each log.
  ['inference-', HEX, 1],
  ['pat-', '(?:na|eu|ap)\\d-[\\w-]{16,}', 1],
  // Not the refunds of Stripe
  ['re_', '(?![13][A-Za-z\\d]{23}(?!\\w))(?=\\w*\\d)(?=\\w*[A-Z])\\w{12,}'],
];

/** Where a word begins: also behind an escape, such as `\n` in JSON or `%22` in a URL. */
export const START = '(?:(?<![\\w-])|(?<=\\\\[nrtbf]|%[\\da-fA-F]{2}|\\\\u[\\da-fA-F]{4}))';

/** The characters of logs and prose, the most usual first; `p` to `y` share their codes with digits. */
const USUAL = 'etaoinsrdlcum-_pfhvwxyqgbkjz0123456789';

/**
 * Returns the rule of a prefix; its key is the three neighbours in it that are rarest together.
 *
 * @param prefix The prefix.
 * @param body The source of what follows.
 * @param place Where the key begins. Default: where the prefix is rarest.
 */
export function prefixRule(prefix: string, body: string, place = 0): Rule {
  const items = prefix.match(/\[[^\]]+\]|\\?[^[]/g) as string[];
  const ranks = items.map(rankOf);
  const rarity = (first: number): number =>
    (ranks[first] as number) + (ranks[first + 1] as number) + (ranks[first + 2] as number);
  let at = place;
  for (let next = 1; place === 0 && next < items.length - 2; next += 1) {
    if (rarity(next) > rarity(at)) at = next;
  }
  const [before, key, after] = [items.slice(0, at), items.slice(at, at + 3), items.slice(at + 3)];
  return {
    before: START + before.join(''),
    key: key.join(''),
    after: after.join('') + body,
  };
}

/** How rare the most usual character of an item is. */
function rankOf(item: string): number {
  if (item.length === 1) return USUAL.indexOf(item.toLowerCase());
  let rank = USUAL.length;
  for (const character of item.toLowerCase()) {
    if ('[]\\'.includes(character)) continue;
    rank = Math.min(rank, USUAL.indexOf(character));
  }
  return rank;
}
