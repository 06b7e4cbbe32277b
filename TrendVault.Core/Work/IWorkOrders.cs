namespace TrendVault.Core.Work;

/// <summary>What users see of a list of work. Each read names the user: another's row looks like a missing one.</summary>
internal interface IWorkList<TRow> where TRow : WorkRow
{
    Task<TRow?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken);

    /// <summary>Newest first, from after the cursor on.</summary>
    Task<IReadOnlyList<TRow>> ListAsync(Guid userId, WorkFilter filter, WorkCursor? after, int limit, CancellationToken cancellationToken);

    /// <summary>A numbered page, for scripts, and how many rows there are in all.</summary>
    Task<(IReadOnlyList<TRow> Rows, int Total)> PageAsync(Guid userId, WorkFilter filter, int page, int limit, CancellationToken cancellationToken);
}

/// <summary>What users order of a list of work. Rows that are not theirs, or in no state for it, are left as they are.</summary>
internal interface IWorkOrders
{
    /// <summary>Ends a live row.</summary>
    Task<OrderOutcome> CancelAsync(Guid userId, Guid id, CancellationToken cancellationToken);

    /// <summary>Begins an ended row again: a new job for the same row.</summary>
    Task<OrderOutcome> RetryAsync(Guid userId, Guid id, CancellationToken cancellationToken);

    /// <summary>Ends those that are live; answers how many.</summary>
    Task<int> CancelAsync(Guid userId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken);

    /// <summary>Begins those that have ended again; answers how many.</summary>
    Task<int> RetryAsync(Guid userId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken);

    /// <summary>Begins what failed again, the oldest first; answers how many.</summary>
    Task<int> RetryFailedAsync(Guid userId, CancellationToken cancellationToken);

    /// <summary>Takes rows off the list, for a while so that it can be undone. Null when the user has none of them there.</summary>
    Task<Removal?> RemoveAsync(Guid userId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken);

    /// <summary>Takes a removal back, which is named by its time.</summary>
    Task<UndoOutcome> UndoAsync(Guid userId, DateTimeOffset at, CancellationToken cancellationToken);
}
