import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'

interface StateProps<Answer> {
  readonly of: UseQueryResult<Answer>
  readonly children: (answer: Answer) => ReactNode
}

/** What was answered; while that is not there, why. What was there before stays, with a word that it is old. */
export function State<Answer>({ of: { data, error }, children }: StateProps<Answer>) {
  return (
    <>
      {error && (
        <p className="refusal" role="alert">
          {data === undefined ? '' : 'This is as it was: '}
          {error.message}
        </p>
      )}
      {data === undefined ? !error && <p className="loading">Loading…</p> : children(data)}
    </>
  )
}
