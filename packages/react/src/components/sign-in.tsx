import type { Account } from '@tidemark/client/account';
import type { Result } from '@tidemark/protocol';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { useAccountState } from '../hooks/use-account.ts';

export interface SignInProps {
  readonly account: Account;
}

type Step = 'sign in' | 'register' | 'verify' | 'forgot';

interface Entered {
  readonly email: string;
  readonly password: string;
  readonly code: string;
}

const TITLES: { readonly [step in Step]: string } = {
  'sign in': 'Sign in',
  register: 'Create an account',
  verify: 'Confirm your e-mail address',
  forgot: 'Choose a new password',
};

const BUTTONS: { readonly [step in Step]: string } = {
  'sign in': 'Sign in',
  register: 'Create',
  verify: 'Confirm',
  forgot: 'Send me a link',
};

/** What each step asks of the server, and where its success leads. */
const submitStep = async (
  account: Account,
  step: Step,
  { email, password, code }: Entered,
): Promise<Result<{ next: Step; said: string }>> => {
  const then = (result: Result<unknown>, next: Step, said: string): Result<{ next: Step; said: string }> =>
    result.ok ? { ok: true, value: { next, said } } : result;
  if (step === 'register')
    return then(await account.register({ email, password }), 'verify', `A mail with a code is on its way to ${email}.`);
  if (step === 'forgot')
    return then(await account.forgotPassword(email), 'sign in', `If ${email} has an account, a mail with a link is on its way.`);
  if (step === 'verify') {
    const verified = await account.verifyEmail({ email, code });
    if (!verified.ok) return verified;
  }
  return then(await account.login(email, password), 'sign in', '');
};

interface FieldProps {
  readonly label: string;
  readonly type: 'email' | 'password' | 'text';
  readonly value: string;
  readonly autoComplete: string;
  readonly onChange: (value: string) => void;
}

function Field({ label, type, value, autoComplete, onChange }: FieldProps): ReactNode {
  const id = useId();
  return (
    <p className="tidemark-field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type={type}
        value={value}
        autoComplete={autoComplete}
        required
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </p>
  );
}

function SignInForm({ account }: SignInProps): ReactNode {
  const heading = useId();
  const [step, setStep] = useState<Step>('sign in');
  const [entered, setEntered] = useState<Entered>({ email: '', password: '', code: '' });
  const [outcome, setOutcome] = useState({ said: '', fault: '', isBusy: false });
  const change = (part: Partial<Entered>): void => setEntered((before) => ({ ...before, ...part }));
  const go = (next: Step): void => {
    setStep(next);
    setOutcome({ said: '', fault: '', isBusy: false });
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setOutcome({ said: '', fault: '', isBusy: true });
    const result = await submitStep(account, step, entered);
    setOutcome({ said: result.ok ? result.value.said : '', fault: result.ok ? '' : result.error.message, isBusy: false });
    if (result.ok) setStep(result.value.next);
    else if (result.error.code === 'EMAIL_NOT_VERIFIED') setStep('verify');
  };
  const others = (['sign in', 'register', 'forgot'] as const).filter((one) => one !== step);
  return (
    <form className="tidemark tidemark-sign-in" aria-labelledby={heading} onSubmit={(event) => void submit(event)}>
      <h2 id={heading}>{TITLES[step]}</h2>
      {step !== 'verify' && (
        <Field label="E-mail address" type="email" value={entered.email} autoComplete="username" onChange={(email) => change({ email })} />
      )}
      {(step === 'sign in' || step === 'register') && (
        <Field
          label="Password"
          type="password"
          value={entered.password}
          autoComplete={step === 'register' ? 'new-password' : 'current-password'}
          onChange={(password) => change({ password })}
        />
      )}
      {step === 'verify' && (
        <Field
          label="Code from the mail"
          type="text"
          value={entered.code}
          autoComplete="one-time-code"
          onChange={(code) => change({ code })}
        />
      )}
      <p role="status">{outcome.said}</p>
      <p role="alert">{outcome.fault}</p>
      <div className="tidemark-actions">
        <button type="submit" disabled={outcome.isBusy}>
          {BUTTONS[step]}
        </button>
        {others.map((other) => (
          <button key={other} type="button" className="tidemark-plain" onClick={() => go(other)}>
            {TITLES[other]}
          </button>
        ))}
      </div>
    </form>
  );
}

/** Signs in, signs up and asks for a new password; once signed in, tells who it is and signs out. What was not sent stays on the device. */
export function SignIn({ account }: SignInProps): ReactNode {
  const state = useAccountState(account);
  if (state.kind === 'signed out') return <SignInForm account={account} />;
  const { email } = state.user;
  return (
    <section className="tidemark tidemark-sign-in" aria-label="Account">
      <p>{`Signed in as ${typeof email === 'string' ? email : state.account.subject}`}</p>
      <button type="button" onClick={() => void account.logout()}>
        Sign out
      </button>
    </section>
  );
}
