const invalidPath = /[^\x21-\x7e]/

/**
 * The request line, and what every request says of its connection; undefined for a path that cannot stand in it.
 * @param protocol the one that is asked for in place of HTTP
 */
export function printStart(method: string, path: string, host: string, protocol?: string): string | undefined {
  if (invalidPath.test(path)) return undefined
  if (protocol !== undefined)
    return `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: Upgrade\r\nupgrade: ${protocol}\r\n`
  // Behind the answer to a HEAD some send a body: no other request comes there.
  const connection = method === 'HEAD' ? 'close' : 'keep-alive'
  return `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: ${connection}\r\n`
}
