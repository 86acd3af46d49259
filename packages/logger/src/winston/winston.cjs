// Loads winston when `toWinston` first needs it: it is an optional peer.
//
// `toWinston` is synchronous, so this cannot be a dynamic import. A literal `require` in a CommonJS
// file is lazy, and bundlers and file tracing follow it; they do not follow `createRequire`.

'use strict';

exports.loadWinston = () => require('winston');
