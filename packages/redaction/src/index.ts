export { MASK } from './mask.ts';
export { isSecret, Secret } from './secret/secret.ts';
