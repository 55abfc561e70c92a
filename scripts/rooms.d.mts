export interface RoomBuild {
  /** The AssemblyScript file whose exports are the room's kernels. */
  readonly entry: string;
  /** Also built with fused multiply-add. */
  readonly relaxed: boolean;
  /** Inlined as it is: what unpacks the others. */
  readonly plain?: boolean;
  /** Exports its function table, for kernels that call compiled models. */
  readonly table?: boolean;
  /** Rooms whose kernels it imports. */
  readonly needs?: readonly string[];
}
export declare const rooms: Readonly<Record<string, RoomBuild>>;
export declare const pascal: (name: string) => string;
