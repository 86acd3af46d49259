import { MASK } from '../words.ts';
import type { RuleGroup } from './rule.ts';

// Credentials that follow a word or a flag instead of a separator.
export const COMMAND_GROUPS: readonly RuleGroup[] = [
  {
    trigger: / -{1,2}u|AUTH |BY |PASSWORD|password|secret|key|requirepass|masterauth/,
    rules: [
      [/((?:^|\s)(?:-u|--user|--proxy-user)[ =]?["']?[^\s:"']{1,256}:)[^\s"']+/g, `$1${MASK}`],
      [/(\bAUTH )(?:(?:default|[\w.-]{1,64}) )?(?!\*{10})[^\s"',;]+/g, `$1${MASK}`],
      [/(\b(?:requirepass|masterauth|masteruser) )[^\s"']+/g, `$1${MASK}`],
      [
        /\b((?:pass(?:word|phrase)|secret|api[-_ ]?key|identified by)\s{1,4}["'`])[^"'`\n]+/gi,
        `$1${MASK}`,
      ],
    ],
  },
];
