const known = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'])

/** A method as the semantic conventions tell it: one that is none of HTTP's own may be anything, of any number. */
export function nameMethod(method: string): string {
  return known.has(method) ? method : '_OTHER'
}

/** The attributes of a span that tell its method. */
export function methodAttributes(method = ''): Record<string, string> {
  const name = nameMethod(method)
  return name === method
    ? { 'http.request.method': name }
    : { 'http.request.method': name, 'http.request.method_original': method }
}

/** What a span's name begins with. */
export function methodOfTitle(method = ''): string {
  return known.has(method) ? method : 'HTTP'
}
