/** A setting on the status page. */
export interface PageSetting {
  readonly name: string;
  /** The value as people may see it, without secrets; undefined shows none. */
  readonly value: string | undefined;
  /** Where the value is from, in words, such as `.env line 3`. */
  readonly from: string;
}

/** Returns the address of an error code's documentation; undefined for a code that has none. */
export type ErrorUrl = (code: string) => string | undefined;

/** Further content of the status page. */
export interface StatusPageOptions {
  /** Returns the settings to show, for each page; the page shows none by default. */
  readonly settings?: (() => readonly PageSetting[]) | undefined;
  /** Returns the addresses of error codes; codes are no links by default. */
  readonly errorUrl?: ErrorUrl | undefined;
}
