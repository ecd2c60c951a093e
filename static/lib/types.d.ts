// What the server answers (static/openapi.json), and what the page makes of it.

export interface Task {
  id: string;
  list_id: string;
  title: string;
  description: string;
  completed: boolean;
  completed_at: string | null;
  priority: number;
  due: string | null;
  position: string;
  version: number;
  created_at: string;
  updated_at: string;
}

export interface List {
  id: string;
  name: string;
  is_inbox: boolean;
  position: string;
  version: number;
  created_at: string;
  updated_at: string;
}

export type Thing = Task | List;

export type Change =
  | { type: "task"; id: string; deleted: boolean; task: Task | null }
  | { type: "list"; id: string; deleted: boolean; list: List | null };

export interface Problem {
  status: number;
  code: string;
  detail: string;
  errors?: { pointer: string; detail: string }[];
  current?: Thing;
}

export interface Person {
  id: string;
  name: string;
  email: string;
}

/** A change of one task or list that has not reached the server, as data. */
export interface Op {
  kind: "add" | "change" | "delete" | "restore";
  of: "task" | "list";
  id: string;
  /** Names this op in every tab, and its retries to the server. */
  uid: string;
  /** Its place in the queue, once it is kept. */
  seq?: number;
  /** What is sent: a new thing or a patch. */
  body?: Record<string, unknown>;
  /** Where it stands until the server has said so. */
  position?: string;
  /** The version that was changed, and the old values of what changed. */
  version?: number;
  seen?: Record<string, unknown>;
  /** What comes back with a restore. */
  thing?: Thing;
  at: string;
}

/** What undoes a change. */
export interface Inverse {
  /** What is to be said, as a key of the strings and its parameters. */
  said: string;
  params: Record<string, string | number>;
  ops: Op[];
}

export interface Conflict {
  op: Op;
  current: Task;
}

declare global {
  interface Window {
    /** What `early.js` has begun. */
    early: {
      db: Promise<IDBDatabase | null>;
      session: Promise<Response | null> | null;
      changes: Promise<Response | null> | null;
    };
  }
}
