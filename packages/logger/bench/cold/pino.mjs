import pino from 'pino';

pino({ level: 'info' }).info('ready');
