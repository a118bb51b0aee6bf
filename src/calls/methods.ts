/** Methods that may be repeated without harm (RFC 9110 section 9.2.2). */
export const idempotentMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])

/** Methods that change nothing (RFC 9110 section 9.2.1), so that one answer may serve many. */
export const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD'])
