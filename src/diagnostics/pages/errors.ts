import type { knownErrors } from '../../errors.ts'
import { backendErrorPages } from './backend-errors.ts'
import type { Page } from './page.ts'
import { requestErrorPages } from './request-errors.ts'

/** Every error that the gateway itself raises; `http-<status>` stands for all of its kind. */
export type ErrorPageCode = keyof typeof knownErrors | 'http-<status>'

/** The page of every error. The wrong example is answered with it, the right one lives with the same failure. */
export const errorPages: Readonly<Record<ErrorPageCode, Page>> = { ...backendErrorPages, ...requestErrorPages }
