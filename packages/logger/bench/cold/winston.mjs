import winston from 'winston';

const { transports } = winston;
winston.createLogger({ transports: [new transports.Console()] }).info('ready');
