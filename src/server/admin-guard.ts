import { isIP } from 'node:net'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { sendAdminProblem } from './admin-problem.ts'

/**
 * Keeps web pages away from the admin listener. Bound to this machine it answers only to its names, so that a page
 * whose own name resolves here (DNS rebinding) gets nothing; and what changes something is not taken from a page of
 * another origin.
 */
export function guardAdmin(boundTo: string | undefined): RequestHandler {
  const isLocal = boundTo !== undefined && isLoopback(boundTo)
  return (request: Request, response: Response, next: NextFunction) => {
    const host = request.headers.host ?? ''
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (isLocal && !isLoopback(nameOf(host))) sendAdminProblem(response, 403, 'the Host header names another host')
    else if (isRead || isSameOrigin(request, host)) next()
    else sendAdminProblem(response, 403, 'another origin may not change anything here')
  }
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'))
}

function nameOf(host: string): string {
  return host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1')
}

/** Browsers say where a request that may change something comes from; other clients say nothing. */
function isSameOrigin({ headers }: Request, host: string): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  const { origin } = headers
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`
}
