import type { Response } from 'express'
import { STATUS_CODES } from '../http/node-http.ts'

export function sendAdminProblem(response: Response, status: number, detail?: string): void {
  response
    .status(status)
    .type('application/problem+json')
    .send({ type: 'about:blank', title: STATUS_CODES[status], status, detail })
}
