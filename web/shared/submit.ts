import { useState } from 'preact/hooks';

/** One thing to be done at a time: busy while it lasts, and what went wrong the last time. */
export function useSubmit(work: () => Promise<void>): {
  busy: boolean;
  problem: Error | undefined;
  submit: () => void;
} {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Error>();
  const submit = () => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    work()
      .catch((error: unknown) =>
        setProblem(error instanceof Error ? error : new Error(String(error))),
      )
      .finally(() => setBusy(false));
  };
  return { busy, problem, submit };
}
