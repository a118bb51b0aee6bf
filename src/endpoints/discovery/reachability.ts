import { connect } from 'node:net'
import type { EndpointTarget } from '../endpoint-target.ts'

const withinMs = 1_000

/** Whether an endpoint takes a connection within a second. Never rejects. */
export function takesConnections({ url, address }: Pick<EndpointTarget, 'url' | 'address'>): Promise<boolean> {
  const { protocol, hostname, port } = new URL(url)
  const host = address ?? hostname.replace(/^\[|\]$/g, '')
  const socket = connect({ host, port: Number(port || (protocol === 'https:' ? 443 : 80)), timeout: withinMs })
  return new Promise((resolve) => {
    const end = (isTaken: boolean) => {
      socket.destroy()
      resolve(isTaken)
    }
    socket
      .once('connect', () => end(true))
      .once('timeout', () => end(false))
      .on('error', () => end(false))
  })
}
