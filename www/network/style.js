// @ts-check

/**
 * Adds a style sheet that not every visitor needs, and waits for it.
 * @param {string} url
 */
export function addStyle(url) {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = url;
  return new Promise((resolve) => {
    // Without it things look plain and work.
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
}
