/** Domains as an operator writes them: `example.com` is itself, `.example.com` any name below it, `*` all. */
export function domainSet(patterns: readonly string[]): (domain: string) => boolean {
  if (patterns.includes('*')) return () => true;
  const known = new Set(patterns);
  return (domain) => {
    if (known.has(domain)) return true;
    for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1))
      if (dot > 0 && known.has(domain.slice(dot))) return true;
    return false;
  };
}
