import { BaseError, setName } from './base-error.ts';
import { registerClass } from './class-registry.ts';
import type {
  AgentErrorCode,
  APIErrorCode,
  AuthErrorCode,
  CacheErrorCode,
  ConfigurationErrorCode,
  ConnectionErrorCode,
  LLMErrorCode,
  MemoryErrorCode,
  ResilienceErrorCode,
  SystemErrorCode,
  TaskErrorCode,
  ToolErrorCode,
  ValidationErrorCode,
} from './error-code.ts';

/** The process itself fails: a bug, a limit, the file system, a cancelled operation. */
export class SystemError<C extends SystemErrorCode = SystemErrorCode> extends BaseError<C> {
  static {
    setName(SystemError, 'SystemError');
    registerClass('system', SystemError);
  }
}

/** A request to us is wrong, or an API we call fails. */
export class APIError<C extends APIErrorCode = APIErrorCode> extends BaseError<C> {
  static {
    setName(APIError, 'APIError');
    registerClass('api', APIError);
  }
}

/** A setting is missing or wrong; the operator has to act. */
export class ConfigurationError<
  C extends ConfigurationErrorCode = ConfigurationErrorCode,
> extends BaseError<C> {
  static {
    setName(ConfigurationError, 'ConfigurationError');
    registerClass('configuration', ConfigurationError);
  }
}

/** Input does not have the right shape. */
export class ValidationError<
  C extends ValidationErrorCode = ValidationErrorCode,
> extends BaseError<C> {
  static {
    setName(ValidationError, 'ValidationError');
    registerClass('validation', ValidationError);
  }
}

/** A caller is not known, or may not do this. */
export class AuthError<C extends AuthErrorCode = AuthErrorCode> extends BaseError<C> {
  static {
    setName(AuthError, 'AuthError');
    registerClass('auth', AuthError);
  }
}

/** A language model or its provider fails. */
export class LLMError<C extends LLMErrorCode = LLMErrorCode> extends BaseError<C> {
  static {
    setName(LLMError, 'LLMError');
    registerClass('llm', LLMError);
  }
}

/** An agent fails. */
export class AgentError<C extends AgentErrorCode = AgentErrorCode> extends BaseError<C> {
  static {
    setName(AgentError, 'AgentError');
    registerClass('agent', AgentError);
  }
}

/** A task fails. */
export class TaskError<C extends TaskErrorCode = TaskErrorCode> extends BaseError<C> {
  static {
    setName(TaskError, 'TaskError');
    registerClass('task', TaskError);
  }
}

/** A tool that an agent calls fails. */
export class ToolError<C extends ToolErrorCode = ToolErrorCode> extends BaseError<C> {
  static {
    setName(ToolError, 'ToolError');
    registerClass('tool', ToolError);
  }
}

/** The memory of an agent fails. */
export class MemoryError<C extends MemoryErrorCode = MemoryErrorCode> extends BaseError<C> {
  static {
    setName(MemoryError, 'MemoryError');
    registerClass('memory', MemoryError);
  }
}

/** A cache fails. */
export class CacheError<C extends CacheErrorCode = CacheErrorCode> extends BaseError<C> {
  static {
    setName(CacheError, 'CacheError');
    registerClass('cache', CacheError);
  }
}

/** A network connection, Redis or a database fails. */
export class ConnectionError<
  C extends ConnectionErrorCode = ConnectionErrorCode,
> extends BaseError<C> {
  static {
    setName(ConnectionError, 'ConnectionError');
    registerClass('connection', ConnectionError);
  }
}

/** A limit that protects a service stops a call. */
export class ResilienceError<
  C extends ResilienceErrorCode = ResilienceErrorCode,
> extends BaseError<C> {
  static {
    setName(ResilienceError, 'ResilienceError');
    registerClass('resilience', ResilienceError);
  }
}
