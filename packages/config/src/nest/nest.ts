export { MapExceptionFilter } from './exception-filter.ts';
export { MapHealthIndicator } from './health-indicator.ts';
export { MAP_CONFIG, MapModule } from './map-module.ts';
