export { comparePythonDotenv, type PythonDifference } from './documents/compare-python-dotenv.ts';
export { generateEnvExample } from './documents/env-example.ts';
export { formatDotenv } from './documents/format-dotenv.ts';
export { generateJsonSchema } from './documents/json-schema.ts';
export { generateMarkdown } from './documents/markdown.ts';
