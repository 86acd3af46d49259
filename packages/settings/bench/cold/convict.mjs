import { report } from './report.mjs';
import { schemaOf } from './variables.mjs';

const start = performance.now();
const { default: convict } = await import('convict');
const isUrl = (value) => {
  if (!/^https?:\/\//.test(value) || !URL.canParse(value)) throw new Error('must be a URL');
};
const config = convict(
  schemaOf({
    text: (_, env) => ({ format: String, default: '', env }),
    integer: (_, env) => ({ format: 'nat', default: 0, env }),
    boolean: (_, env) => ({ format: Boolean, default: false, env }),
    choice: (values, env) => ({ format: values, default: values[0], env }),
    port: (_, env) => ({ format: 'port', default: 0, env }),
    url: (_, env) => ({ format: isUrl, default: 'http://x', env }),
  }),
);
config.validate({ allowed: 'strict' });
report(start, config.getProperties());
