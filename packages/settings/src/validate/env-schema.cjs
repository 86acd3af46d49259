// Loads env-schema (with ajv) when it is first needed: loading costs a process about 90 ms, and valid
// settings need neither.
//
// Loading settings is synchronous, so this cannot be a dynamic import. A literal `require` in a
// CommonJS file is lazy, and bundlers and file tracing follow it; they do not follow `createRequire`.

'use strict';

exports.loadEnvSchema = () => require('env-schema');
