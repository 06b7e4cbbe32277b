namespace TrendVault.Core;

/// <summary>A platform did not do what it was asked.</summary>
/// <param name="remedy">What makes sense now.</param>
/// <param name="code">A stable word for scripts, the platform's own reason where it gives one.</param>
/// <param name="message">A sentence for the user. Never the platform's text, which may hold HTML or secrets.</param>
internal sealed class PlatformException(
    Remedy remedy, string code, string message, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What makes sense now.</summary>
    public Remedy Remedy { get; } = remedy;

    /// <summary>A stable word for scripts.</summary>
    public string Code { get; } = code;

    /// <summary>How long to wait, where that is known.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
