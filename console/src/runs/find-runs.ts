import { useQuery } from '@tanstack/react-query'
import type { Summary } from '../../../src/history/recording.ts'
import { ask, Refusal } from '../api.ts'
import { historyPath, type RunsAnswer } from './use-runs.ts'

/** An id of any kind, and no word that somebody types. */
const idLike = /^(?=.*\d)[\w.:-]{8,128}$/

const none: readonly Summary[] = []

/** Runs whose own id, trace id or request id it is. */
export function useRunsById(text: string): readonly Summary[] {
  const id = text.trim()
  const found = useQuery({ queryKey: ['runs by id', id], queryFn: () => findById(id), enabled: idLike.test(id) })
  return found.data ?? none
}

async function findById(id: string): Promise<Summary[]> {
  try {
    const answers = await Promise.all(
      ['id', 'trace', 'request'].map((key) => ask<RunsAnswer>(historyPath(`${key}:${id}`, { limit: '5' }))),
    )
    return [...new Map(answers.flatMap(({ runs }) => runs.map((run) => [run.id, run]))).values()]
  } catch (refused) {
    // Where nothing is recorded there is nothing to find.
    if (refused instanceof Refusal && refused.status === 404) return []
    throw refused
  }
}
