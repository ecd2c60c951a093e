/**
 * The official Better Auth client, fetched when somebody signs in, out or
 * opens the settings: the signed-in page does without it.
 */
import { createAuthClient, jwtClient, twoFactorClient } from "../vendor/better-auth-aab8664f80.js";

export const account = createAuthClient({
  baseURL: location.origin,
  plugins: [jwtClient(), twoFactorClient()],
});
