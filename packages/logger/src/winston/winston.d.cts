import winston = require('winston');

/** Loads winston on the first call. */
export declare function loadWinston(): typeof winston;
