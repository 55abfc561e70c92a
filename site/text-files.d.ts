// Files that the bundler brings in as text.
declare module "*.csv" {
  const text: string;

  // biome-ignore lint/style/noDefaultExport: so the bundler gives it
  export default text;
}
