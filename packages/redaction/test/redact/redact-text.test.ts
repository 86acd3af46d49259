import { redactText, registerSecrets } from '@map/redaction';
import { expect, it } from 'vitest';

it('masks the value of a secret name and keeps token counts', () => {
  expect(redactText('password=hunter2, max_tokens: 5000')).toBe(
    'password=**********, max_tokens: 5000',
  );
});

it('masks a registered secret until the registration is taken back', () => {
  const forget = registerSecrets(['kT/9=x1']);
  expect(redactText('a kT%2F9%3Dx1 b')).toBe('a ********** b');
  forget();
  expect(redactText('a kT%2F9%3Dx1 b')).toBe('a kT%2F9%3Dx1 b');
});
