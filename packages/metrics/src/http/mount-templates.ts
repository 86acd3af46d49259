/** More than an application has. */
const MAX_TEMPLATES = 500;

/**
 * The templates of mounted routers in one application, as they were first requested.
 *
 * They are made of URLs, and a client chooses much of these: Express ignores the case of a path, and
 * a regular expression may match anything. Without a limit on the templates, one client could fill
 * the metrics with series.
 */
export class MountTemplates {
  readonly #byLowerCase = new Map<string, string>();

  /** Returns the template in its first spelling, or `/*` if there are too many others. */
  find(template: string): string {
    const key = template.toLowerCase();
    const known = this.#byLowerCase.get(key);
    if (known !== undefined) return known;
    if (this.#byLowerCase.size >= MAX_TEMPLATES) return '/*';
    this.#byLowerCase.set(key, template);
    return template;
  }
}
