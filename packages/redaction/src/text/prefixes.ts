// The prefixes by which keys and tokens are recognised, each as the source of a regular expression,
// with the first `-` or `_` of the token behind its first part.

/** Prefixes that nothing but a credential has. */
export const CERTAIN: readonly string[] = [
  ...['sk-(?:proj|ant|or|svcacct|admin|lf)[-_]', 'sk_(?:live|test|prod)_', '[pr]k_(?:live|test)_'],
  ...['rzp_(?:live|test)_', 'FLWSECK[-_]', 'whsec[-_]', 'gsk[-_]', 'xai[-_]', 'nvapi[-_]'],
  ...['gl(?:pat|dt|rt|cbt|ptt|ft|soat|imt)[-_]', 'gls[ac]_', 'gh[pousr][-_]', 'github_pat_'],
  ...['do[por]_v1_', 'shp(?:at|ss|ca|pa)[-_]', 'dckr_[po]at[-_]', 'lin_api_', 'sq0\\w{3}[-_]'],
  ...[
    'sntry[su][-_]',
    'xox[abcdeopqrs][-_]',
    'xapp[-_]',
    'GOCSPX[-_]',
    'tvly[-_]',
    'AGE-SECRET-KEY-',
  ],
  ...['xkeysib[-_]', 'lsv2_[ps][tk]_', 'pcsk[-_]', 'esecret[-_]', 'PMAK[-_]', 'figd[-_]'],
  ...['sbp[-_]', 'sb_secret_', 'tskey-', 'CFPAT-', 'NR(?:AK|II)-', 'HRKU-', 'vc[kp]_', 'ops_eyJ'],
  ...[
    'bedrock-api-key-',
    'glc_eyJ',
    'npg_',
    'pscale_(?:pw|tkn|oauth)_',
    'bkua_',
    'CCIPAT_',
    'sq[apu]_',
  ],
  ...[
    'pnu_',
    'llx-',
    'bb_(?:live|test)_',
    'apify_api_',
    'signkey-(?:prod|test|branch)-',
    'fm[12]_',
  ],
  ...['tr_(?:prod|stg|dev|preview)_'],
];

/** Prefixes that words have too. */
export const LIKELY: readonly string[] = [
  ...['pk[-_]', 'hf[-_]', 'npm[-_]', 'r8[-_]', 'fw[-_]', 'ntn[-_]', 'secret[-_]', 'rpa[-_]'],
  ...['jina[-_]', 'ph[cx][-_]', 'fc[-_]', 'tgp[-_]', 'key[-_]', 'pa[-_]', 'voyage[-_]', 'pplx[-_]'],
  ...['pypi[-_]', 'e2b[-_]', 'nfp[-_]', 'rubygems[-_]', 'dop[-_]'],
  ...[
    'pul-',
    'rnd_',
    'm0-',
    'emb_',
    'nk-',
    're_',
    'tfp_',
    'access-(?:production|sandbox|development)-',
  ],
];

/** Prefixes that words without a digit have too. */
export const KEYS: readonly string[] = ['sk[-_]', 'rk[-_]', 'csk[-_]'];

/** Where a word begins: also behind an escape, such as `\n` in JSON or `%22` in a URL. */
export const START = '(?:(?<![\\w-])|(?<=\\\\[nrtbf]|%[\\da-fA-F]{2}|\\\\u[\\da-fA-F]{4}))';

/** Matches at the first `-` or `_` of a token. */
export const SIGN: string = `[-_](?<=${START}(?:${[...CERTAIN, ...LIKELY, ...KEYS]
  .map((prefix) => prefix.slice(0, prefix.search(/[-_]|\[[-_]/)))
  .filter((part, index, all) => all.indexOf(part) === index)
  .join('|')})[-_])`;
