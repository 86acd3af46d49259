import { closeServer, type ServerLike } from '@map/lifecycle';
import type { Settings } from '@map/settings';
import {
  type DynamicModule,
  Inject,
  type MiddlewareConsumer,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import { type RequestContextOptions, requestContext } from '../http/request-context.ts';
import type { Config, InitializeOptions } from '../start/config.ts';
import { initializeConfig } from '../start/initialize-config.ts';
import { MapExceptionFilter } from './exception-filter.ts';
import { MapHealthIndicator } from './health-indicator.ts';

/** The token that injects the {@link Config}: `@Inject(MAP_CONFIG) config: Config`. */
export const MAP_CONFIG: unique symbol = Symbol('@map/config');

const HTTP_OPTIONS = Symbol('@map/config/http');

/** The member of Fastify that is used. */
interface FastifyInstance {
  addHook(name: 'onRequest', hook: ReturnType<typeof requestContext>): unknown;
}

/** Starts and ends the configuration with a Nest application. */
export class MapModule implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #config: Config;
  readonly #http: RequestContextOptions;
  readonly #adapterHost: HttpAdapterHost | undefined;
  readonly #hasContext: boolean;

  /** Nest calls it; use {@link MapModule.forRoot}. */
  constructor(config: Config, http: RequestContextOptions, adapterHost: HttpAdapterHost) {
    this.#config = config;
    this.#http = http;
    this.#adapterHost = adapterHost;
    // Before the body parser, so that it covers refused bodies and paths outside of a global prefix.
    this.#hasContext = this.#addContext();
  }

  /**
   * Makes the module that starts everything before the application, gives every request its log
   * context and metrics, responds to errors with problem details, and shuts everything down at
   * `app.close()` or a signal. It is global.
   *
   * @param options As for `initializeConfig`, and as for `requestContext`.
   * @returns The module, for the `imports` of the root module.
   * @throws As `initializeConfig`, when the application is created.
   * @example
   * ```ts
   * import { MAP_CONFIG, MapModule } from '@map/config/nest';
   * import { Module } from '@nestjs/common';
   * import { NestFactory } from '@nestjs/core';
   *
   * class AppModule {}
   * Module({ imports: [MapModule.forRoot({ metricsServer: false })] })(AppModule);
   *
   * const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
   * console.log(app.get(MAP_CONFIG).settings.APP_NAME);
   * await app.close();
   * ```
   */
  static forRoot<S extends Settings = Settings, X = undefined>(
    options: InitializeOptions<S, X> & RequestContextOptions = {},
  ): DynamicModule {
    const { accessLog, ...rest } = options;
    return {
      module: MapModule,
      global: true,
      providers: [
        {
          provide: MAP_CONFIG,
          useFactory: () => initializeConfig(rest as InitializeOptions<S, X>),
        },
        { provide: HTTP_OPTIONS, useValue: { ...(accessLog !== undefined && { accessLog }) } },
        { provide: APP_FILTER, useClass: MapExceptionFilter },
        MapHealthIndicator,
      ],
      exports: [MAP_CONFIG, MapHealthIndicator],
    };
  }

  /** Nest calls it: every request gets its context. */
  configure(consumer: MiddlewareConsumer): void {
    // A testing module has its server only now.
    if (this.#hasContext || this.#addContext()) return;
    consumer.apply(requestContext(this.#http)).forRoutes('{*path}');
  }

  /** Nest calls it: a shutdown stops the server before it ends what requests use. */
  onApplicationBootstrap(): void {
    const server = this.#adapterHost?.httpAdapter?.getHttpServer() as ServerLike | undefined;
    if (!server) return;
    this.#config.onShutdown('http server', (signal) => closeServer(server, signal));
  }

  /** Nest calls it after `app.close()`; a shutdown that a signal began ends by itself. */
  async onApplicationShutdown(): Promise<void> {
    if (!this.#config.ending) await this.#config.shutdown('Nest application closed');
  }

  /** Gives requests their context, if the server is one of Express or Fastify. */
  #addContext(): boolean {
    const adapter = this.#adapterHost?.httpAdapter;
    const type: unknown = adapter?.getType?.();
    if (adapter === undefined || (type !== 'express' && type !== 'fastify')) return false;
    const context = requestContext(this.#http);
    // As middleware of Fastify it would not know the route.
    if (type === 'fastify') adapter.getInstance<FastifyInstance>().addHook('onRequest', context);
    else adapter.use(context);
    return true;
  }
}

// Called as functions: the sources have nothing that a compiler must do but strip types.
Inject(MAP_CONFIG)(MapModule, undefined, 0);
Inject(HTTP_OPTIONS)(MapModule, undefined, 1);
Inject(HttpAdapterHost)(MapModule, undefined, 2);
Module({})(MapModule);
