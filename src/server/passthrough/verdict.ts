import { type CutAttempt, judge, judgeCut, type Verdict } from '../../endpoints/verdict.ts'

interface End extends CutAttempt {
  /** Whether the client had sent all of its request. */
  readonly isWhole: boolean
}

/** What an answer, or that there is none, tells of the endpoint: by the rules for calls. */
export function judgeEnd(status: number | undefined, errorCode: string | undefined, end: End): Verdict {
  const verdict = status !== undefined && status < 300 ? 'success' : judgeFailure(status, errorCode, end)
  // How long it took is as the client liked while it still sends.
  return verdict === 'success' && !end.isWhole ? 'nothing' : verdict
}

function judgeFailure(status: number | undefined, errorCode: string | undefined, end: End): Verdict {
  const response = status === undefined ? undefined : { status, body: undefined }
  const failure = { code: errorCode ?? `http-${status}`, response }
  return failure.code === 'timeout' ? judgeCut(failure, end) : judge(failure)
}
