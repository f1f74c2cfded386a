import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useTexts } from './i18n.tsx';
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

/** A modal form: the browser's own dialog keeps the focus inside and closes on Escape. */
export function Dialog(props: DialogProps) {
  const texts = useTexts();
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
  const { busy, problem, submit } = useSubmit(async () => {
    await props.onConfirm();
    props.onClose();
  });
  return (
    <dialog
      ref={element}
      aria-label={props.title}
      data-testid={props.testid}
      onClose={props.onClose}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <h2>{props.title}</h2>
        {props.children}
        <p class="problem" role="alert">
          {problem && texts.failed(problem.message)}
        </p>
        <div class="buttons">
          <button type="button" onClick={props.onClose}>
            {texts.cancel}
          </button>
          <button
            type="submit"
            class={props.danger ? 'danger' : 'primary'}
            disabled={busy || props.disabled === true}
            data-testid={`${props.testid}-confirm`}
          >
            {props.confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}
