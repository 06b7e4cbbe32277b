using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TrendVault.Core.TikTok;

/// <summary>An answer of TikTok's.</summary>
/// <param name="Status">Says little: refusals come with a 200 too.</param>
/// <param name="Body">Null for one that is no JSON: faults come as HTML.</param>
/// <param name="RetryAfter">As the header wishes.</param>
internal sealed record TikTokAnswer<T>(HttpStatusCode Status, T? Body, TimeSpan? RetryAfter)
    where T : class
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;
}

/// <summary>Calls TikTok and reads JSON, in one way for its OAuth server and its API.</summary>
internal sealed class TikTokLine(IHttpClientFactory clients, TimeProvider time)
{
    public const string ClientName = "tiktok";

    public const int LongestAnswer = 64 * 1024;

    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
    };

    /// <exception cref="PlatformException">No answer. <c>tiktok_unreachable</c> says that the request did not even leave.</exception>
    public async Task<TikTokAnswer<T>> SendAsync<T>(HttpRequestMessage request, CancellationToken cancellationToken)
        where T : class
    {
        using var answer = await SendAsync(clients.CreateClient(ClientName), request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        return new TikTokAnswer<T>(answer.StatusCode, await ReadAsync<T>(answer, cancellationToken), answer.Headers.RetryAfter?.WaitFrom(time.GetUtcNow()));
    }

    /// <exception cref="PlatformException">No answer. <c>tiktok_unreachable</c> says that the request did not even leave.</exception>
    public static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        try
        {
            return await client.SendAsync(request, completion, cancellationToken);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError)
        {
            throw new PlatformException(Remedy.Retry, "tiktok_unreachable", "TikTok cannot be reached.", inner: e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw TikTokErrors.Silent(e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new PlatformException(Remedy.Retry, "tiktok_unanswered", "TikTok did not answer.", inner: e);
        }
    }

    private static async Task<T?> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await OutsideJson.ReadAsync<T>(answer.Content, Json, cancellationToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
