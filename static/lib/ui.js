/** Preact, htm and signals, under one name that outlives their versions. */
export * from "../vendor/preact-a9081e821b.js";
