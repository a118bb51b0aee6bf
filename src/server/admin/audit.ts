import { randomUUID } from 'node:crypto'
import { appendFile, mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import type { Identity } from '../../identity/identity.ts'
import type { Serving } from '../lifecycle/serving.ts'
import { sendAdminProblem } from './problem.ts'

/** Who asks, as soon as that is known; nobody says so at a listener of this machine alone. */
const asking = new WeakMap<Request, Identity>()

export function rememberWhoAsks(request: Request, identity: Identity | undefined): void {
  if (identity) asking.set(request, identity)
}

/** For people: the scheme, and who he is there. */
export function whoAsks(request: Request): string {
  const identity = asking.get(request)
  return identity ? `${identity.scheme}:${identity.subject ?? 'nobody'}` : 'this machine'
}

/** When who asks is nobody any more, in milliseconds since the epoch; undefined: never. */
export function askingEndsAt(request: Request): number | undefined {
  return asking.get(request)?.expiresMs
}

/**
 * Writes down what somebody is about to change, and what came of it: in the log, and in the file of `admin.audit`.
 * What cannot be written there is not done.
 *
 * @param base the directory that a relative path stands in
 */
export function audit(serving: Serving, base: string): RequestHandler {
  const write = async (entry: object): Promise<void> => {
    const { audit: path } = serving.current.snapshot.settings.admin
    serving.logger.info({ audit: entry }, 'audit')
    if (path === undefined) return
    const file = resolve(base, path)
    await mkdir(dirname(file), { recursive: true })
    await appendFile(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 })
  }
  const failed = (thrown: unknown) => serving.logger.error({ err: thrown }, 'the audit log cannot be written')
  return async (request: Request, response: Response, next: NextFunction) => {
    const id = randomUUID()
    const when = () => new Date(serving.clock.epoch()).toISOString()
    const { reason, ...asked } = request.query
    const what = `${request.method} ${request.path}`
    try {
      await write({ id, at: when(), who: whoAsks(request), from: request.ip, what, asked, reason })
    } catch (thrown) {
      failed(thrown)
      sendAdminProblem(response, 503, 'it cannot be written down who does this, so it is not done')
      return
    }
    response.once('close', () => {
      write({ id, at: when(), status: response.writableFinished ? response.statusCode : undefined }).catch(failed)
    })
    next()
  }
}
