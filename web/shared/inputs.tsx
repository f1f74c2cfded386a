import type { IncidentType } from '../../src/client/index.ts';
import { useTexts } from './i18n.tsx';

export interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly name: string;
  readonly options: Readonly<Record<T, string>>;
  readonly value: T;
  readonly onChange: (value: T) => void;
}

/** One of several, all visible. */
export function Choice<T extends string>(props: ChoiceProps<T>) {
  const { label, name, options, value, onChange } = props;
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {(Object.keys(options) as T[]).map((key) => (
        <label key={key} class="chip">
          <input
            type="radio"
            name={name}
            value={key}
            checked={key === value}
            onChange={() => onChange(key)}
          />
          {options[key]}
        </label>
      ))}
    </fieldset>
  );
}

export function IncidentTypeChoice(props: {
  readonly value: IncidentType;
  readonly onChange: (type: IncidentType) => void;
}) {
  const { incidentType, types } = useTexts();
  return <Choice label={incidentType} name="type" options={types} {...props} />;
}

export interface ManyProps<T extends string> {
  readonly label: string;
  readonly options: readonly { readonly id: T; readonly name: string }[];
  readonly chosen: readonly T[];
  readonly onChange: (chosen: readonly T[]) => void;
}

/** Any of several; the order is that of the options. */
export function Many<T extends string>({ label, options, chosen, onChange }: ManyProps<T>) {
  const toggle = (id: T) => {
    const next = chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id];
    onChange(options.map((option) => option.id).filter((each) => next.includes(each)));
  };
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {options.map(({ id, name }) => (
        <label key={id} class="chip">
          <input
            type="checkbox"
            name={id}
            checked={chosen.includes(id)}
            onChange={() => toggle(id)}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
