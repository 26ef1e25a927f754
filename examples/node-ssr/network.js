// A component for server and browser alike: effects run in the browser only.
import { load, methods } from 'gradlens';
import { createElement as h, useEffect, useState } from 'react';

/** Says which backend runs the network, and the methods there are to choose from. */
export function Network() {
  const [state, setState] = useState('The network is loaded in the browser.');

  useEffect(() => {
    const unmount = new AbortController();
    const loading = load({ signal: unmount.signal });
    loading.then(
      ({ backend }) => setState(`The network runs on ${backend}.`),
      (error) => !unmount.signal.aborted && setState(error.message),
    );
    return () => {
      unmount.abort();
      loading.then((explainer) => explainer.dispose()).catch(() => undefined);
    };
  }, []);

  const options = methods.map((method) => h('option', { key: method }, method));
  return h('section', null, h('p', null, state), h('label', null, 'Method ', h('select', null, options)));
}
