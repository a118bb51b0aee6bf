import type { RequestListener, Server } from 'node:http'
import type { ListenSettings } from '../../config/listen.ts'
import type { ListenerTls } from '../../plan/certificates.ts'
import type { Passthrough } from '../passthrough/passthrough.ts'
import { bindSeveral } from './bind-several.ts'
import { bind, closeNow, createListener, defaultLimits, type ListenerHandlers } from './listener.ts'
import { proxyProtocolOf } from './proxy-protocol/front.ts'
import { TlsFronts, type TlsFrontsParts } from './tls/fronts.ts'

/** A listener that is bound. */
export interface BoundListener {
  readonly name: string
  readonly port: number
}

export interface Listeners {
  readonly servers: readonly Server[]
  readonly bound: readonly BoundListener[]
  readonly adminServer: Server | undefined
  readonly adminPort: number | undefined
  /** With what listeners speak TLS now. */
  shown(): readonly ListenerTls[]
  /** Takes what listeners speak TLS with from now on. */
  renew(tls: readonly ListenerTls[]): void
  close(): void
}

interface ListenersParts extends TlsFrontsParts {
  readonly at: readonly ListenSettings[]
  /** Undefined: no admin listener. */
  readonly adminAt: ListenSettings | undefined
  readonly handler: RequestListener
  /** Whether requests are taken, for those who ask at a listener's `health`. */
  readonly isReady: () => boolean
  readonly passthrough: Passthrough
  readonly adminApp: RequestListener
  readonly answerHeaders: ListenerHandlers['answerHeaders']
  readonly onRefused: ListenerHandlers['onRefused']
}

/** Binds all listeners or none. */
export async function openListeners(parts: ListenersParts): Promise<Listeners> {
  const { at, adminAt, adminApp } = parts
  const servers: Server[] = []
  const bound: BoundListener[] = []
  const fronts = new TlsFronts(parts)
  const opened = {
    servers,
    bound,
    shown: () => fronts.current,
    renew: (tls: readonly ListenerTls[]) => fronts.renew(tls),
    close: () => fronts.close(),
  }
  try {
    for (const settings of at) {
      const limits = { ...defaultLimits, ...settings }
      const secure = await fronts.secure(settings)
      const expectProxy = proxyProtocolOf(settings, parts)
      const create = (share: number) => {
        const handlers = handlersOf(settings, parts)
        const server = createListener(handlers, { ...limits, maxConnections: limits.maxConnections * share }, secure)
        expectProxy?.(server)
        return server
      }
      const several = await bindSeveral(create, settings)
      servers.push(...several.servers)
      bound.push({ name: settings.name, port: several.port })
    }
    if (!adminAt) return { ...opened, adminServer: undefined, adminPort: undefined }
    const adminServer = createListener(
      { onRequest: adminApp, takesUpgrade: () => false, onUpgrade: (_request, response) => void response.destroy() },
      { ...defaultLimits, ...adminAt },
      await fronts.secure(adminAt),
    )
    proxyProtocolOf(adminAt, parts)?.(adminServer)
    return { ...opened, adminServer, adminPort: await bind(adminServer, adminAt) }
  } catch (thrown) {
    fronts.close()
    for (const server of servers) closeNow(server)
    throw thrown
  }
}

function handlersOf(
  { health }: ListenSettings,
  { handler, isReady, passthrough, answerHeaders, onRefused }: ListenersParts,
): ListenerHandlers {
  return {
    onRequest: health === undefined ? handler : answerHealth(health, isReady, handler),
    takesUpgrade: (request) => passthrough.takesUpgrade(request),
    onUpgrade: (request, response) => passthrough.upgrade(request, response),
    answerHeaders,
    onRefused,
  }
}

/** Says at a path whether requests are taken; nothing of it is logged or counted as one. */
function answerHealth(path: string, isReady: () => boolean, next: RequestListener): RequestListener {
  return (request, response) => {
    if (request.url !== path || (request.method !== 'GET' && request.method !== 'HEAD')) {
      next(request, response)
      return
    }
    const isTaking = isReady()
    const text = isTaking ? 'ready\n' : 'not ready\n'
    response.writeHead(isTaking ? 200 : 503, {
      'content-type': 'text/plain',
      'content-length': text.length,
      'cache-control': 'no-store',
      ...(!isTaking && { connection: 'close' }),
    })
    response.end(text)
  }
}
