import type { FormatName } from '../formats/format.ts'

/** What the answers of an operation are read as, where that is not JSON by its content type alone. */
export type Decoding =
  /** Whatever the content type says. */
  | { readonly as: FormatName }
  /** The content type chooses. */
  | { readonly among: readonly FormatName[] }
