// What we use of Better Auth's client: enough for tsc.
export type Outcome<T> = Promise<{
  data: T | null;
  error: { status: number; code?: string; message?: string } | null;
}>;
type Call<I, T> = (input: I) => Outcome<T>;
type Signed = { token?: string; twoFactorRedirect?: boolean; user?: object };
export interface AuthClient {
  signUp: {
    email: Call<{ name: string; email: string; password: string; inviteToken?: string }, Signed>;
  };
  signIn: { email: Call<{ email: string; password: string; rememberMe?: boolean }, Signed> };
  signOut: () => Outcome<{ success: boolean }>;
  requestPasswordReset: Call<{ email: string; redirectTo: string }, { status: boolean }>;
  resetPassword: Call<{ newPassword: string; token: string }, { status: boolean }>;
  twoFactor: {
    verifyTotp: Call<{ code: string; trustDevice?: boolean }, Signed>;
    verifyBackupCode: Call<{ code: string; trustDevice?: boolean }, Signed>;
    [call: string]: Call<any, any>;
  };
  [call: string]: any;
}
export function createAuthClient(options: object): AuthClient;
export function jwtClient(): object;
export function twoFactorClient(): object;
