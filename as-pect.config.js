// as-pect runs test/kernels/*.spec.ts inside WebAssembly, in both precisions, against values computed there.
export default {
  entries: ["test/kernels/**/*.spec.ts"],
  include: ["test/kernels/**/*.include.ts"],
  disclude: [/node_modules/],
  async instantiate(memory, createImports, instantiate, binary) {
    memory.grow(256 - memory.buffer.byteLength / 65536); // 16 MiB; the option --memory-size takes no value
    return instantiate(binary, createImports({ env: { memory } }));
  },
  outputBinary: false,
};
