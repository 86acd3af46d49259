// Functions that the packages of MAP share. Applications use the main entry: nothing here is covered by
// semantic versioning.

export { errorOf } from './error/error-of.ts';
export {
  checkChoice,
  checkFlag,
  checkFunction,
  checkMs,
  checkNames,
  checkObject,
  checkPositive,
  checkSignal,
  checkString,
  checkWhole,
} from './option/checks.ts';
export { type OptionErrorParts, optionError } from './option/option-error.ts';
export { noteWait } from './retry/waiting.ts';
