import { isIP } from 'node:net'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { isLoopback } from '../../ip-address.ts'
import { checkRequest } from '../http/strict.ts'
import { sendAdminProblem } from './problem.ts'

/** More than anyone sends who has nothing to say; it is not read. */
export const mostBodyBytes = 16 * 1024

/**
 * Keeps web pages away from the admin listener. It answers only to addresses and to names that are its own, so that a
 * page whose own name resolves here (DNS rebinding) gets nothing; and what changes something is not taken from a page of
 * another origin. It is as strict about HTTP as the other listener, and takes no body to speak of.
 *
 * @param hosts the names, besides those of this machine
 */
export function guardAdmin(hosts: readonly string[]): RequestHandler {
  const names = new Set(hosts.map((host) => host.toLowerCase()))
  return (request: Request, response: Response, next: NextFunction) => {
    const { host } = request.headers
    const refusal = checkRequest(request)
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (refusal) sendAdminProblem(response.set('connection', 'close'), refusal.status, refusal.detail)
    else if (bodyBytes(request) > mostBodyBytes) sendAdminProblem(response.set('connection', 'close'), 413)
    // No browser leaves it out.
    else if (host !== undefined && !isOwnName(nameOf(host), names)) {
      sendAdminProblem(response, 403, 'the Host header names another host; `admin.hosts` lists those that are meant')
    } else if (isRead || isSameOrigin(request, host)) next()
    else sendAdminProblem(response, 403, 'another origin may not change anything here')
  }
}

/** Nobody can make an address resolve to another one. */
function isOwnName(name: string, names: ReadonlySet<string>): boolean {
  return isIP(name) !== 0 || isLoopback(name) || names.has(name)
}

function nameOf(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
}

function bodyBytes({ headers }: Request): number {
  return headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : Number.POSITIVE_INFINITY
}

/** Browsers say where a request that may change something comes from; other clients say nothing. */
function isSameOrigin({ headers }: Request, host = ''): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  const { origin } = headers
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`
}
