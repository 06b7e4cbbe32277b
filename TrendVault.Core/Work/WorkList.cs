namespace TrendVault.Core.Work;

/// <summary>What a list is asked for.</summary>
/// <param name="Status">Null is all.</param>
/// <param name="Text">In what the list looks through, in any case; null is all.</param>
internal sealed record WorkFilter(WorkStatus? Status, string? Text)
{
    public static readonly WorkFilter None = new(null, null);
}

/// <summary>Where a page of a list ends and the next begins.</summary>
internal sealed record WorkCursor(DateTimeOffset CreatedAt, Guid Id);

/// <summary>How many of a user's rows stand where.</summary>
internal record WorkCounts
{
    /// <summary>Waiting for a worker or for something else.</summary>
    public required int Pending { get; init; }

    /// <summary>In a worker's hands.</summary>
    public required int Running { get; init; }

    public required int Completed { get; init; }

    public required int Failed { get; init; }

    public required int Cancelled { get; init; }

    public int Total => Pending + Running + Completed + Failed + Cancelled;

    public int Of(WorkStatus? status) => status switch
    {
        null => Total,
        WorkStatus.Pending => Pending,
        WorkStatus.Running => Running,
        WorkStatus.Completed => Completed,
        WorkStatus.Failed => Failed,
        _ => Cancelled,
    };
}

/// <summary>What became of an order to a row.</summary>
internal enum OrderOutcome
{
    /// <summary>Done, or under way.</summary>
    Done,

    /// <summary>The user has no such row.</summary>
    NotFound,

    /// <summary>It is not in a state for that; nothing changed.</summary>
    NotNow,

    /// <summary>The whole video had been sent: nothing more is asked, but there may be a video.</summary>
    TooLate,
}

/// <summary>What one order has taken off a list.</summary>
/// <param name="At">By the database's clock; names the order when it is to be undone.</param>
/// <param name="Count">How many rows.</param>
internal sealed record Removal(DateTimeOffset At, int Count);

/// <summary>What became of the wish to have something back.</summary>
/// <param name="Restored">How many rows are back.</param>
/// <param name="LacksRoom">None is, because the user's storage has been filled with others since.</param>
internal sealed record UndoOutcome(int Restored, bool LacksRoom = false);
