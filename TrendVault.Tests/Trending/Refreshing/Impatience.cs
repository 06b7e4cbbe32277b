namespace TrendVault.Tests.Trending;

/// <summary>Stands over a client's connections and gives up as the client's own limit would, but sooner.</summary>
internal sealed class Impatience
{
    /// <summary>How long a call may take; null leaves it to the client.</summary>
    public TimeSpan? Limit { get; set; }

    /// <summary>One for each client's chain of handlers.</summary>
    public DelegatingHandler CreateHandler() => new Handler(this);

    private sealed class Handler(Impatience impatience) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            if (impatience.Limit is { } time)
                limit.CancelAfter(time);
            return await base.SendAsync(request, limit.Token);
        }
    }
}
