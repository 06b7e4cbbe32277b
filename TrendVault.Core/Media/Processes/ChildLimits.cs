namespace TrendVault.Core.Media;

/// <summary>What a program and all that it starts may take of the machine.</summary>
internal sealed record ChildLimits
{
    /// <summary>Bytes of memory that one process may write to (RLIMIT_DATA), held by the kernel.</summary>
    /// <remarks>Not of its address space (RLIMIT_AS): JavaScript runtimes set aside many gigabytes of that and use little.</remarks>
    public long DataBytes { get; init; } = 1L << 30;

    /// <summary>Bytes of memory that all of its processes hold together; looked at while it runs.</summary>
    public long ResidentBytes { get; init; } = 3L << 29;

    /// <summary>Processes at once; looked at while it runs.</summary>
    public int Processes { get; init; } = 64;

    /// <summary>
    /// Processes and threads at once (RLIMIT_NPROC), held by the kernel where the program is confined and TrendVault does not run as
    /// root: outside it counts all that the user runs, and root is exempt from it.
    /// </summary>
    public int Tasks { get; init; } = 512;

    /// <summary>Files that one process may have open, held by the kernel.</summary>
    public int OpenFiles { get; init; } = 256;

    /// <summary>Bytes that it may print, to standard output and error together.</summary>
    public long OutputBytes { get; init; } = 64L << 20;
}
