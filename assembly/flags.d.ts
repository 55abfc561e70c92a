/** 1 in the room whose J and J'J are sparse, 0 in all others: scripts/rooms.mjs says it to the compiler, which leaves the other branch out. */
declare const SPARSE: i32;
