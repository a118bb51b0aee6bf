/** The media type of a content type: `text/csv` of `Text/CSV; charset=gbk`. */
export function mediaTypeOf(contentType: string): string {
  const end = contentType.indexOf(';')
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase()
}

/** What a content type says its charset is, in lower case. */
export function charsetOf(contentType: string | undefined): string | undefined {
  const [, quoted, token] = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i.exec(contentType ?? '') ?? []
  return (quoted ?? token)?.toLowerCase()
}
