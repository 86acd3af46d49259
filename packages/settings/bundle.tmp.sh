node_modules/.bin/esbuild dist/index.js --bundle --external:env-schema --platform=node --format=esm --outfile=dist/b2.mjs --log-level=error
