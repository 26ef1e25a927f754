import { type Explainer, load } from 'gradlens';
import { useEffect, useState } from 'react';
import { ExplainedPhoto } from './ExplainedPhoto.tsx';

/** Asks for a photo and explains it. The network is loaded once, and freed with this component. */
export function App() {
  const [explainer, setExplainer] = useState<Explainer>();
  const [problem, setProblem] = useState<string>();
  const [photo, setPhoto] = useState<File>();

  useEffect(() => {
    const unmount = new AbortController();
    const { signal } = unmount;
    load({ signal }).then(
      (explainer) => {
        signal.addEventListener('abort', () => explainer.dispose());
        setExplainer(explainer);
      },
      (error: Error) => !signal.aborted && setProblem(error.message),
    );
    // Ends a load that runs; one that is done has an explainer to free.
    return () => unmount.abort();
  }, []);

  return (
    <>
      <h1>What did the network look at?</h1>
      <label>
        Photo <input type="file" accept="image/*" onChange={({ target }) => setPhoto(target.files?.[0])} />
      </label>
      {problem ? <p role="alert">{problem}</p> : !explainer && <p role="status">Loading the network …</p>}
      {explainer && photo && <ExplainedPhoto explainer={explainer} photo={photo} />}
    </>
  );
}
