/** Node's HTTP/2. This file is loaded where a listener speaks it, and not before: it is 15 MB. */
export const { constants, createServer, Http2ServerRequest, Http2ServerResponse } =
  process.getBuiltinModule('node:http2')
