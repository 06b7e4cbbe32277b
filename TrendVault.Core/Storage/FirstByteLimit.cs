namespace TrendVault.Core.Storage;

/// <summary>
/// Gives up on a server that does not begin to answer: after 5 seconds, and for a request with a body after the time that its
/// bytes take at 256 KB/s on top.
/// </summary>
internal sealed class FirstByteLimit(TimeSpan limit, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const double SlowestBytesPerSecond = 256 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var bodySeconds = (request.Content?.Headers.ContentLength ?? 0) / SlowestBytesPerSecond;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(limit + TimeSpan.FromSeconds(bodySeconds));
        try
        {
            return await base.SendAsync(request, patience.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException("it does not answer in time", e);
        }
    }
}
