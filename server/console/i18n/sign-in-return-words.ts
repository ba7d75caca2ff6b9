// Words for who comes back from the company's own sign-in without a session. Portuguese first; English has the same keys by
// type. Apart from the other words because hardly anybody ever reads them, and the wall's first script is short.
import type { SignInReturn } from '../../../shared/api/people.ts';

type Words = Readonly<Record<Exclude<SignInReturn, 'code'>, string>>;

const pt: Words = {
  denied: 'A entrada foi cancelada na página da conta externa. Tente de novo ou entre de outro jeito.',
  unavailable: 'O provedor de contas não responde agora. Tente de novo em um minuto ou entre de outro jeito.',
  expired: 'Esta entrada demorou demais, já foi usada ou começou em outro navegador. Comece de novo.',
  refused:
    'Esta conta não tem acesso ao Vigia. Peça acesso a quem administra o Vigia, informando o e-mail da conta.',
  failed:
    'Não foi possível confirmar a sua conta. Tente de novo; se continuar, avise quem administra o Vigia.',
  limit: 'Tentativas demais. Espere um minuto e tente de novo.',
};

const en: Words = {
  denied: 'Signing in was cancelled at the external account. Try again or sign in another way.',
  unavailable: 'The account provider does not answer now. Try again in a minute or sign in another way.',
  expired: 'This sign-in took too long, was used already or began in another browser. Begin again.',
  refused:
    'This account has no access to Vigia. Ask whoever administers Vigia for it, and name the e-mail of the account.',
  failed: 'Your account could not be confirmed. Try again; if it stays so, tell whoever administers Vigia.',
  limit: 'Too many attempts. Wait a minute and try again.',
};

export const signInReturnWords = { pt, en };
