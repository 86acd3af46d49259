import type envSchema = require('env-schema');

/** Loads env-schema on the first call. */
export declare function loadEnvSchema(): typeof envSchema;
