import {
  Comment,
  CommentTag,
  type DeclarationReflection,
  type DocumentReflection,
  type ProjectReflection,
  ReferenceReflection,
} from 'typedoc';
import type { Guide } from './guides.ts';

/** A guide and its page in the reference. */
export interface Page {
  guide: Guide;
  document: DocumentReflection;
}

/** Finds the export that a name in a guide means. */
export type Lookup = (name: string, guide: Guide) => DeclarationReflection | undefined;

/**
 * Prepares the search for exports by name. Where several modules have an export of that name, the one
 * that the guide imports counts; a name that stays ambiguous is ignored.
 *
 * @param project - the converted project, its modules named as users import them
 * @returns the search
 */
export function lookupIn(project: ProjectReflection): Lookup {
  const modules = new Map<string, Map<string, DeclarationReflection>>();
  const owners = new Map<string, Set<DeclarationReflection>>();
  for (const module of project.children ?? []) {
    const own = new Map<string, DeclarationReflection>();
    for (const child of module.children ?? []) {
      const target = child instanceof ReferenceReflection ? child.getTargetReflectionDeep() : child;
      if (!target.isDeclaration()) continue;
      own.set(child.name, target);
      owners.set(child.name, (owners.get(child.name) ?? new Set()).add(target));
    }
    modules.set(module.name, own);
  }
  return (name, guide) => {
    for (const [module, imported] of guide.imports) {
      if (imported.has(name)) return modules.get(module)?.get(name);
    }
    const found = owners.get(name);
    return found?.size === 1 ? [...found][0] : undefined;
  };
}

/**
 * Adds to every export, and to every module, the guides that speak of it.
 *
 * @param project - the converted project
 * @param pages - the guides
 * @param lookup - the search for exports
 */
export function addGuides(
  project: ProjectReflection,
  pages: readonly Page[],
  lookup: Lookup,
): void {
  const mentions = new Map<DeclarationReflection, Set<DocumentReflection>>();
  const add = (target: DeclarationReflection | undefined, document: DocumentReflection): void => {
    if (target) mentions.set(target, (mentions.get(target) ?? new Set()).add(document));
  };
  const modules = new Map(project.children?.map((module) => [module.name, module]));
  for (const { guide, document } of pages) {
    for (const [module, names] of guide.imports) {
      add(modules.get(module), document);
      for (const name of names) add(lookup(name, guide), document);
    }
    for (const name of guide.names) add(lookup(name, guide), document);
  }
  for (const [target, documents] of mentions) {
    // The comment of a function is that of its signature.
    const described = target.signatures?.[0] ?? target;
    described.comment ??= new Comment();
    described.comment.blockTags.push(new CommentTag('@guides', linksTo([...documents])));
  }
}

function linksTo(documents: DocumentReflection[]): CommentTag['content'] {
  return documents.flatMap((target, index) => [
    ...(index > 0 ? [{ kind: 'text' as const, text: ', ' }] : []),
    { kind: 'inline-tag' as const, tag: '@link' as const, text: target.name, target },
  ]);
}

/**
 * Turns the names of exports in a rendered guide into links.
 *
 * @param html - the page
 * @param urlOf - the address of a name, relative to the page; undefined for other code
 * @returns the page with links; what is a link or a block of code stays
 */
export function linkNames(html: string, urlOf: (name: string) => string | undefined): string {
  return html.replaceAll(
    /<pre[\s\S]*?<\/pre>|<a [\s\S]*?<\/a>|<code>([\w$]+)(?:\([^<]*\))?<\/code>/g,
    (whole, name: string | undefined) => {
      const url = name === undefined ? undefined : urlOf(name);
      return url === undefined ? whole : `<a href="${url}">${whole}</a>`;
    },
  );
}
