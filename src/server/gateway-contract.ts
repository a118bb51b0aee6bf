import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import type { HistorySettings } from '../config/history.ts'
import type { Definition } from '../definition.ts'
import type { Environment } from '../environment.ts'
import type { Snapshot } from '../plan/snapshot.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { BoundListener } from './http/open-listeners.ts'
import type { ReloadResult } from './lifecycle/reload.ts'
import type { RequestEntry } from './lifecycle/serving.ts'

export interface GatewayOptions {
  /** `config/gateway.yaml` */
  readonly config: string
  /** In place of the directory of routes that the file names. */
  readonly routes?: string
  /** In place of that of the file's first listener; 0: any free port. */
  readonly port?: number
  /** In place of the file's; false: no admin listener. */
  readonly adminPort?: number | false
  /** Where `${env.NAME}` is read; the process's by default. */
  readonly env?: Environment
  /** The directory below which `${file:…}` is read; `/run/secrets` by default. */
  readonly secrets?: string
  /** Beside those that its file names: what `defineStep` and the like give. */
  readonly extensions?: readonly Definition[]
  readonly logger?: Logger
  readonly clock?: Clock
  /** Told of every answered request. */
  readonly onRequest?: (entry: RequestEntry) => void
  /** Whether it is told paths that no route takes as they came: for a developer's own terminal. False by default. */
  readonly showUnmatchedPaths?: boolean
  /** Told of every reload that found something new, good or bad. */
  readonly onReload?: (result: ReloadResult) => void
  /** Whether the admin listener has the console, whatever the file says. */
  readonly console?: boolean
  /** Whether a change of the files reloads by itself; true by default. */
  readonly watch?: boolean
  /** How requests are recorded where its file does not say; by default not at all. */
  readonly history?: HistorySettings
}

export interface Gateway {
  /** What serves now. */
  readonly snapshot: Snapshot
  /** Answers a request; one that no route takes goes to `next`, where there is one. Fits `http.createServer` and Express's `app.use`. */
  handler(request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void
  /** Binds all listeners; rejects with the system's error when a port is taken. `port` is that of the first. */
  listen(): Promise<{ port: number; adminPort: number | undefined; listeners: readonly BoundListener[] }>
  /** Reads the configuration anew. Never rejects for what is in the files. */
  reload(): Promise<ReloadResult>
  /** Answers what was accepted (10 s at most), then ends everything. */
  close(): Promise<void>
}
