import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Slice {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string }
  readonly addressType: string
  readonly endpoints: readonly {
    readonly addresses: readonly string[]
    readonly conditions?: { readonly ready?: boolean }
    readonly zone?: string
  }[]
  readonly ports: readonly { readonly name?: string; readonly port: number }[]
}

/**
 * Stands in for a Kubernetes API server: list and watch of EndpointSlices (discovery.k8s.io/v1) with resource versions,
 * bookmarks and 410 Gone, as kubernetes.io/docs/reference/using-api/api-concepts describes them.
 */
export class KubernetesDouble {
  readonly requests: string[] = []
  readonly slices = new Map<string, Slice>()
  /** Who may ask; undefined: everyone. */
  token: string | undefined
  /** Versions before this one are compacted away. */
  oldest = 0
  #version = 100
  #server: Server | undefined
  #port = 0
  readonly #watchers = new Set<ServerResponse>()
  readonly #events: { readonly version: number; readonly line: string }[] = []

  get address(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get version(): number {
    return this.#version
  }

  /** Watches that are open now. */
  get watchers(): number {
    return this.#watchers.size
  }

  async start(): Promise<this> {
    this.#server = createServer((request, response) => {
      const url = new URL(request.url!, this.address)
      this.requests.push(`${url.pathname}${url.search}`)
      if (this.token !== undefined && request.headers.authorization !== `Bearer ${this.token}`) {
        return void response.writeHead(401).end('{}')
      }
      if (!url.pathname.endsWith('/endpointslices')) return void response.writeHead(404).end('{}')
      if (url.searchParams.get('watch') === '1') this.#watch(Number(url.searchParams.get('resourceVersion')), response)
      else {
        const metadata = { resourceVersion: String(this.#version) }
        response.end(JSON.stringify({ kind: 'EndpointSliceList', metadata, items: [...this.slices.values()] }))
      }
    })
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
    return this
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
    this.#watchers.clear()
  }

  put(slice: Slice): void {
    const type = this.slices.has(slice.metadata.name) ? 'MODIFIED' : 'ADDED'
    this.#version++
    const object = { ...slice, metadata: { ...slice.metadata, resourceVersion: String(this.#version) } }
    this.slices.set(slice.metadata.name, object)
    this.#tell({ type, object })
  }

  delete(name: string): void {
    this.#version++
    const object = { ...this.slices.get(name)!, metadata: { name, resourceVersion: String(this.#version) } }
    this.slices.delete(name)
    this.#tell({ type: 'DELETED', object })
  }

  bookmark(): void {
    this.#version++
    this.#tell({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(this.#version) } } })
  }

  /** As after `timeoutSeconds`. */
  endWatches(): void {
    for (const watcher of this.#watchers) watcher.end()
    this.#watchers.clear()
  }

  #watch(from: number, response: ServerResponse): void {
    if (from < this.oldest) {
      const object = { kind: 'Status', code: 410, reason: 'Expired' }
      return void response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`)
    }
    response.flushHeaders()
    for (const { version, line } of this.#events) if (version > from) response.write(line)
    this.#watchers.add(response)
    response.on('close', () => this.#watchers.delete(response))
  }

  #tell(event: unknown): void {
    const line = `${JSON.stringify(event)}\n`
    this.#events.push({ version: this.#version, line })
    for (const watcher of this.#watchers) watcher.write(line)
  }
}
