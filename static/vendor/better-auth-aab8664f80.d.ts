// What we use of Better Auth's client: enough for tsc.
export type Outcome<T> = Promise<{
  data: T | null;
  error: { status: number; code?: string; message?: string } | null;
}>;
type Call<I, T> = (input: I) => Outcome<T>;
type Signed = {
  token?: string | null;
  twoFactorRedirect?: boolean;
  twoFactorMethods?: ("totp" | "otp")[];
  user?: object;
};
type Done = { status: boolean };
export interface Session {
  id: string;
  token: string;
  createdAt: Date;
  updatedAt: Date;
  ipAddress: string;
  userAgent: string;
}
export interface User {
  name: string;
  email: string;
  emailVerified: boolean;
  twoFactorEnabled: boolean;
}
export interface AuthClient {
  signUp: {
    email: Call<
      { name: string; email: string; password: string; callbackURL: string; inviteToken?: string },
      Signed
    >;
  };
  signIn: { email: Call<{ email: string; password: string; rememberMe?: boolean }, Signed> };
  signOut: () => Outcome<{ success: boolean }>;
  requestPasswordReset: Call<{ email: string; redirectTo: string }, Done>;
  resetPassword: Call<{ newPassword: string; token: string }, Done>;
  sendVerificationEmail: Call<{ email: string; callbackURL: string }, Done>;
  getSession: () => Outcome<{ session: Session; user: User }>;
  listSessions: () => Outcome<Session[]>;
  revokeSession: Call<{ token: string }, Done>;
  revokeOtherSessions: () => Outcome<Done>;
  updateUser: Call<{ name: string }, Done>;
  changeEmail: Call<{ newEmail: string; callbackURL: string }, Done>;
  changePassword: Call<
    { currentPassword: string; newPassword: string; revokeOtherSessions: boolean },
    { token: string | null }
  >;
  deleteUser: Call<{ password: string }, { success: boolean }>;
  twoFactor: {
    verifyTotp: Call<{ code: string; trustDevice?: boolean }, Signed>;
    sendOtp: Call<{}, Done>;
    verifyOtp: Call<{ code: string; trustDevice?: boolean }, Signed>;
    verifyBackupCode: Call<{ code: string; trustDevice?: boolean }, Signed>;
    enable: Call<{ password: string }, { totpURI: string; backupCodes: string[] }>;
    generateBackupCodes: Call<{ password: string }, { backupCodes: string[] }>;
    disable: Call<{ password: string }, Done>;
  };
}
export function createAuthClient(options: object): AuthClient;
export function jwtClient(): object;
export function twoFactorClient(): object;
