import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useTexts } from './i18n.tsx';
import { inWords, reasonOf } from './reasons.ts';
import { useSubmit } from './submit.ts';

export interface DialogProps {
  readonly title: string;
  readonly confirm: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly testid: string;
  /** Closes the dialog when it succeeds; what it throws is shown in it. */
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/**
 * A modal form: the browser's own dialog keeps the focus inside, closes on Escape, and when it is closed, rather than
 * taken off the page, gives the focus back.
 */
export function Dialog(props: DialogProps) {
  const { title, testid, onClose } = props;
  const texts = useTexts();
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
  const { busy, problem, submit } = useSubmit(async () => {
    await props.onConfirm();
    element.current?.close();
    onClose();
  });
  const onSubmit = (event: Event) => {
    event.preventDefault();
    submit();
  };
  return (
    <dialog ref={element} aria-label={title} data-testid={testid} onClose={onClose}>
      <form onSubmit={onSubmit}>
        <h2>{title}</h2>
        {props.children}
        <p class="problem" role="alert">
          {problem && texts.failed(inWords(reasonOf(problem), texts))}
        </p>
        <div class="buttons">
          <button type="button" onClick={() => element.current?.close()}>
            {texts.cancel}
          </button>
          <button
            type="submit"
            class={props.danger ? 'danger' : 'primary'}
            disabled={busy || props.disabled === true}
            data-testid={`${testid}-confirm`}
          >
            {props.confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}
