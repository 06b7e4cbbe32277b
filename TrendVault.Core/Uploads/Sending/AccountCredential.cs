using System.Net;
using System.Net.Http.Headers;
using Google.Apis.Http;
using TrendVault.Core.Accounts;

namespace TrendVault.Core.Uploads;

/// <summary>
/// Puts an account's access token on each request of one client, and after a 401 a fresh one, once per request: an upload of hours
/// outlives its tokens and stays in its session.
/// </summary>
internal sealed class AccountCredential(AccountTokens tokens, Guid userId, Guid accountId)
    : IConfigurableHttpClientInitializer, IHttpExecuteInterceptor, IHttpUnsuccessfulResponseHandler
{
    private static readonly HttpRequestOptionsKey<bool> Renewed = new("trendvault.renewed");

    /// <summary>What the last refusal asked for; the library's exceptions do not tell.</summary>
    public TimeSpan? RetryAfter { get; private set; }

    public void Initialize(ConfigurableHttpClient httpClient)
    {
        httpClient.MessageHandler.AddExecuteInterceptor(this);
        httpClient.MessageHandler.AddUnsuccessfulResponseHandler(this);
    }

    public async Task InterceptAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await tokens.GetAsync(userId, accountId, cancellationToken));

    public async Task<bool> HandleResponseAsync(HandleUnsuccessfulResponseArgs args)
    {
        RetryAfter = args.Response.Headers.RetryAfter?.Delta;
        if (args.Response.StatusCode != HttpStatusCode.Unauthorized
            || args.Request.Headers.Authorization?.Parameter is not { } rejected)
        {
            return false;
        }

        if (args.Request.Options.TryGetValue(Renewed, out _) || !args.SupportsRetry)
        {
            await tokens.GiveUpAsync(userId, accountId, rejected, args.CancellationToken);
            return false;
        }

        args.Request.Options.Set(Renewed, true);
        await tokens.ReplaceAsync(userId, accountId, rejected, args.CancellationToken);
        return true;
    }
}
