import type { Link } from '../network/way.ts';
import type { Context, Life } from '../world/context.ts';

const TOKEN_LIFE_MS = 3_600_000;

export interface Login {
  /** The client's token function for one tab. */
  ask(life: Life, refused: string | undefined): Promise<string | null>;
  /** The token is worth nothing from now on; with `untilSignIn` refreshing it does not work either. */
  expire(untilSignIn: boolean): void;
  signIn(): void;
  /** Was there a reason to be signed out, ever? */
  wasEnded(): boolean;
}

export interface LoginParts {
  readonly context: Context;
  readonly name: string;
  readonly user: string;
  readonly link: Link;
  /** The server's clock, which tokens expire by. */
  readonly serverWall: () => number;
  /** The person signs in again, some time after having been asked. */
  readonly onSignIn: () => void;
}

/** A login that lasts as long as it is refreshed; a refresh needs the network. */
export const createLogin = ({ context, name, user, link, serverWall, onSignIn }: LoginParts): Login => {
  const { loop, sometimes, profile } = context;
  const dice = context.streams(`login ${name}`);
  const fresh = (): string => `${user}.${serverWall() + TOKEN_LIFE_MS}`;
  let signedIn = true;
  let ended = false;
  const worthless = `${user}.0`;
  let token = fresh();
  const login: Login = {
    ask: async (life, refused) => {
      if (refused === undefined) return signedIn ? token : null;
      await loop.sleep(profile.latencyMs, `${life.name} refreshes its token`);
      if (!signedIn) {
        sometimes.hit('login has expired');
        loop.after(dice.between(2_000, 20_000), `${name} signs in again`, onSignIn);
        return null;
      }
      if (!link.there || !link.back) {
        sometimes.hit('token could not be refreshed for want of a network');
        throw new Error('the login server cannot be reached');
      }
      // A request that was under way with an older one has not heard yet of what has become of its successor.
      if (token === refused || token === worthless) token = fresh();
      sometimes.hit('token refreshed');
      return token;
    },
    expire: (untilSignIn) => {
      token = worthless;
      if (!untilSignIn) return;
      signedIn = false;
      ended = true;
    },
    signIn: () => {
      signedIn = true;
      token = fresh();
    },
    wasEnded: () => ended,
  };
  return login;
};
