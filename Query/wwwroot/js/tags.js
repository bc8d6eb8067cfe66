// Tags as people write them: error=true http.route="/cart items".

export function parseTags(text) {
  const tags = {};
  const pattern = /([^\s=]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))(?=\s|$)/g;
  const rest = text.replace(pattern, (_, key, quoted, plain) => {
    tags[key] = quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1');
    return '';
  });
  if (rest.trim()) throw new Error(`"${rest.trim()}" is not of the form key=value; put values with blanks in quotes.`);
  return tags;
}

export const formatTags = tags => Object.entries(tags)
  .map(([key, value]) => `${key}=${/^[^\s"\\]+$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`}`).join(' ');
