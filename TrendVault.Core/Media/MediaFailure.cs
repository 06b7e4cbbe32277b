namespace TrendVault.Core.Media;

/// <summary>Why something could not be downloaded, ready to be shown.</summary>
/// <param name="Code">A stable snake_case word for scripts.</param>
/// <param name="Message">A plain sentence with the way out.</param>
/// <param name="Remedy">What helps.</param>
/// <param name="RetryAfter">How long to leave it alone, where the backoff is too short.</param>
/// <param name="Detail">yt-dlp's own words to copy, without query strings, local paths and credentials.</param>
internal sealed record MediaFailure(string Code, string Message, Remedy Remedy, TimeSpan? RetryAfter = null, string? Detail = null)
{
    /// <summary>The code of what is announced and not there yet.</summary>
    public const string NotYetCode = "not_yet";

    /// <summary>The code of a live stream that runs.</summary>
    public const string LiveCode = "live";

    /// <summary>When what is announced will begin, or what runs began, UTC; null where it is neither, or the site does not say.</summary>
    public DateTimeOffset? Begins { get; init; }

    /// <summary>It is announced: a download that is started now waits for it.</summary>
    public bool IsNotYet => Code == NotYetCode;
}

/// <summary>Carries a <see cref="MediaFailure"/> out of the depth where it was found.</summary>
internal sealed class MediaException(MediaFailure failure) : Exception(failure.Message)
{
    /// <summary>What to tell and what to do.</summary>
    public MediaFailure Failure { get; } = failure;
}
