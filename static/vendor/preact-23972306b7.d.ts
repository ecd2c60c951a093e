// What we use of Preact, htm and signals: enough for tsc.
export type Child = VNode | string | number | boolean | null | undefined | Child[];
export interface VNode {
  type: unknown;
  props: Record<string, unknown>;
  key: unknown;
}
export type Ref<T> = { current: T };
export type Component<P = any> = (props: P) => Child;

export function html(strings: TemplateStringsArray, ...values: any[]): VNode;
export function h(type: unknown, props: object | null, ...children: Child[]): VNode;
export function render(view: Child, into: Element): void;
export const Fragment: Component;
export function createContext<T>(value: T): { Provider: Component };
export function createRef<T>(): Ref<T | null>;

type Cleanup = void | (() => void);
export function useCallback<F extends Function>(callback: F, inputs: unknown[]): F;
export function useContext<T>(context: unknown): T;
export function useEffect(effect: () => Cleanup, inputs?: unknown[]): void;
export function useLayoutEffect(effect: () => Cleanup, inputs?: unknown[]): void;
export function useId(): string;
export function useMemo<T>(make: () => T, inputs: unknown[]): T;
export function useRef<T>(value: T): Ref<T>;
export function useState<T>(
  first: T | (() => T),
): [T, (next: T | ((before: T) => T)) => void];

export interface ReadonlySignal<T> {
  readonly value: T;
  peek(): T;
  subscribe(listener: (value: T) => void): () => void;
}
export interface Signal<T> extends ReadonlySignal<T> {
  value: T;
}
export function signal<T>(value: T): Signal<T>;
export function computed<T>(make: () => T): ReadonlySignal<T>;
export function effect(run: () => Cleanup): () => void;
export function batch<T>(run: () => T): T;
export function untracked<T>(run: () => T): T;
export function useSignal<T>(value: T): Signal<T>;
export function useComputed<T>(make: () => T): ReadonlySignal<T>;
export function useSignalEffect(run: () => Cleanup): void;
