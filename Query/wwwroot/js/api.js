// Talks to the API, which answers in Jaeger's envelope.

export class ApiError extends Error {
  constructor(message, hint, status) {
    super(message);
    this.hint = hint;
    this.status = status;
  }
}

export const url = (path, params = {}) => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== '' && each !== null && each !== undefined) query.append(name, each);
  const text = query.toString();
  return text ? `${path}?${text}` : path;
};

export async function get(path, params, signal) {
  let response;
  try {
    response = await fetch(new URL(url(path, params), document.baseURI), { signal, headers: { accept: 'application/json' } });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError('The server cannot be reached.', 'Check the connection, and that the query process is running.', 0);
  }

  let body = null;
  try {
    body = JSON.parse(await response.text());
  } catch (error) {
    if (error.name === 'AbortError') throw error;
  }

  if (response.ok && body) return body;
  throw toError(response.status, body?.errors?.[0]?.msg);
}

function toError(status, message) {
  const said = message ? message[0].toUpperCase() + message.slice(1) : `The server answered with status ${status}.`;
  if (status === 400) return new ApiError(said, 'Correct the value and search again.', status);
  if (status === 404) return new ApiError(said, null, status);
  if (status === 503) return new ApiError(said, 'Nothing is lost: spans wait in the log until the store is back.', status);
  if (status === 504) return new ApiError(said, 'Narrow the search.', status);
  return new ApiError(said, 'Look into the log of the query process.', status);
}
