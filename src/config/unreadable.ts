/** Why a file or directory cannot be read, in words for people. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  const reasons: Record<string, string> = {
    ENOENT: 'it does not exist',
    EACCES: 'permission denied',
    EISDIR: 'it is a directory',
    ENOTDIR: 'it is not a directory',
    ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8',
  }
  return reasons[code ?? ''] ?? message
}
