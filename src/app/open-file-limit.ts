interface Report {
  /** Where the system has such limits. */
  readonly userLimits?: { readonly open_files?: { readonly soft: number | 'unlimited' } };
}

/** How many files and sockets this process may have open at once; Node has raised it as far as it goes. */
export function openFileLimit(): number {
  const report = process.report as typeof process.report & { excludeNetwork: boolean };
  // It takes time: the names of the machine's addresses are looked up.
  report.excludeNetwork = true;
  const { userLimits } = report.getReport() as Report;
  const soft = userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY;
}
