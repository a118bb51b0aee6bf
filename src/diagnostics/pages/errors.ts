import { backendErrorPages } from './backend-errors.ts'
import { inputErrorPages } from './input-errors.ts'
import { requestErrorPages } from './request-errors.ts'
import { stepErrorPages } from './step-errors.ts'

/** The page of every error. The wrong example is answered with it, the right one lives with the same failure. */
export const errorPages = { ...backendErrorPages, ...requestErrorPages, ...inputErrorPages, ...stepErrorPages }
