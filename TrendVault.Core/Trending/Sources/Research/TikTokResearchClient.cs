using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Trending;

/// <summary>Which videos are asked for, in TikTok's words.</summary>
internal sealed record ResearchQuery
{
    public required ResearchConditions Query { get; init; }

    /// <summary>YYYYMMDD, UTC.</summary>
    public required string StartDate { get; init; }

    /// <summary>At most 30 days after <see cref="StartDate"/>.</summary>
    public required string EndDate { get; init; }

    /// <summary>1 to 100; fewer may come.</summary>
    public required int MaxCount { get; init; }

    /// <summary>From the answer before.</summary>
    public long Cursor { get; init; }

    /// <summary>From the answer before; null for the first page.</summary>
    public string? SearchId { get; init; }
}

/// <summary>All of them must hold.</summary>
internal sealed record ResearchConditions(IReadOnlyList<ResearchCondition> And);

/// <summary>Such as IN region_code US.</summary>
internal sealed record ResearchCondition(string Operation, string FieldName, IReadOnlyList<string> FieldValues);

/// <summary>Part of what a query finds.</summary>
/// <param name="Videos">In no order that means anything.</param>
/// <param name="Next">The same query for the next part; null at the end.</param>
internal sealed record ResearchPage(IReadOnlyList<JsonElement> Videos, ResearchQuery? Next);

/// <summary>TikTok's Research API: a token of the app's own, and one query. Every path ends with a slash.</summary>
/// <remarks><see href="https://developers.tiktok.com/doc/research-api-specs-query-videos"/></remarks>
internal sealed class TikTokResearchClient(IHttpClientFactory clients, TikTokResearchBudget budget, IOptions<TrendingOptions> options, TimeProvider time)
{
    public const string HttpName = "tiktok-research";

    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan AfterTooMany = TimeSpan.FromMinutes(1);

    // Credentials and permissions stay refused until someone changes them.
    private static readonly TimeSpan AfterRefusedClient = TimeSpan.FromHours(1);

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly Lock _lock = new();
    private Task<AppToken>? _token;

    /// <exception cref="PlatformException">TikTok did not answer, or the day's requests are used up.</exception>
    public async Task<ResearchPage> QueryAsync(ResearchQuery query, CancellationToken cancellationToken)
    {
        var token = await TokenAsync(rejected: null).WaitAsync(cancellationToken);
        try
        {
            return await QueryAsync(query, token, cancellationToken);
        }
        catch (PlatformException e) when (e.Remedy == Remedy.Reauthorize)
        {
            token = await TokenAsync(rejected: token).WaitAsync(cancellationToken);
        }

        try
        {
            return await QueryAsync(query, token, cancellationToken);
        }
        catch (PlatformException e) when (e.Remedy == Remedy.Reauthorize)
        {
            throw RefusedClient();
        }
    }

    private async Task<ResearchPage> QueryAsync(ResearchQuery query, string token, CancellationToken cancellationToken)
    {
        await budget.SpendAsync();
        using var content = new StringContent(JsonSerializer.Serialize(query, Json), Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, AddressOf("v2/research/video/query/?fields=" + TikTokResearchMapping.Fields)) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await SendAsync(request, cancellationToken);
        using var json = await ReadAsync(answer, cancellationToken);

        // A status of 200 alone says nothing.
        var error = json?.RootElement.Find("error").Text("code");
        if (!answer.IsSuccessStatusCode || error is not (null or "ok"))
            throw await RefusalAsync(answer.StatusCode, error ?? "", answer.Headers.RetryAfter?.WaitFrom(time.GetUtcNow()));
        return json?.RootElement.Find("data") is { ValueKind: JsonValueKind.Object } data && error is not null ? PageOf(data, query) : throw Unreadable();
    }

    private static ResearchPage PageOf(JsonElement data, ResearchQuery query)
    {
        IReadOnlyList<JsonElement> videos = [.. data.List("videos").Select(video => video.Clone())];
        var next = data.IsTrue("has_more") && data.Count("cursor") is { } cursor && cursor > query.Cursor && data.Text("search_id") is { Length: > 0 } searchId
            ? query with { Cursor = cursor, SearchId = searchId }
            : null;
        return new ResearchPage(videos, next);
    }

    /// <summary>One token for all callers of this process, renewed before it ends.</summary>
    private async Task<string> TokenAsync(string? rejected)
    {
        Task<AppToken> token;
        lock (_lock)
        {
            if (_token is not { } held || (held.IsCompleted && !IsGood(held, rejected)))
                _token = FetchTokenAsync();
            token = _token;
        }

        return (await token).Value;
    }

    private bool IsGood(Task<AppToken> token, string? rejected) =>
        token.IsCompletedSuccessfully && token.Result.Value != rejected && token.Result.RenewAt > time.GetUtcNow();

    private async Task<AppToken> FetchTokenAsync()
    {
        using var content = new FormUrlEncodedContent(
        [
            new("client_key", options.Value.ResearchClientKey),
            new("client_secret", options.Value.ResearchClientSecret),
            new("grant_type", "client_credentials"),
        ]);
        using var request = new HttpRequestMessage(HttpMethod.Post, AddressOf("v2/oauth/token/")) { Content = content };
        var asked = time.GetUtcNow();
        using var answer = await SendAsync(request, CancellationToken.None);
        using var json = await ReadAsync(answer, CancellationToken.None);

        // Flat here, and a failure whatever the status is.
        var error = json?.RootElement.Text("error") ?? "";
        if (!answer.IsSuccessStatusCode || error.Length > 0)
            throw TokenRefusal(answer.StatusCode, error, answer.Headers.RetryAfter?.WaitFrom(asked));
        if (json?.RootElement.Text("access_token") is not { Length: > 0 } token)
            throw Unreadable();
        var life = TimeSpan.FromSeconds(Math.Clamp(json.RootElement.Number("expires_in") ?? 0, 0, 86_400));
        return new AppToken(token, asked + life - (life / 2 < RenewBefore ? life / 2 : RenewBefore));
    }

    private Uri AddressOf(string path) => new(options.Value.TikTokApiUrl, path);

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await clients.CreateClient(HttpName).SendAsync(request, cancellationToken);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PlatformException(Remedy.Retry, "tiktok_timeout", "TikTok's Research API did not answer in time.", inner: e);
        }
        catch (HttpRequestException e)
        {
            throw new PlatformException(Remedy.Retry, "tiktok_unreachable", "TikTok's Research API cannot be reached.", inner: e);
        }
    }

    /// <summary>Null for a body that is no JSON: faults come as HTML.</summary>
    private static async Task<JsonDocument?> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            return await OutsideJson.ReadAsync(answer.Content, cancellationToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<PlatformException> RefusalAsync(HttpStatusCode status, string code, TimeSpan? retryAfter) => (status, code) switch
    {
        // How TikTok spells it is not documented.
        (_, _) when code.Contains("quota", StringComparison.Ordinal) => await budget.MarkEmptyAsync(),
        (HttpStatusCode.TooManyRequests, _) or (_, "rate_limit_exceeded") => TooMany(retryAfter),
        ( >= HttpStatusCode.InternalServerError, _) or (_, "internal_error") => Unavailable(retryAfter),
        (_, "access_token_invalid") => new(Remedy.Reauthorize, "access_token_invalid", "TikTok no longer accepts the token of its Research API."),
        (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, _) or (_, "scope_not_authorized" or "scope_permission_missed") =>
            new(Remedy.Configure, "research_forbidden", "TikTok has not opened its Research API to this client: it needs the scope research.data.basic.", AfterRefusedClient),
        _ => new(Remedy.GiveUp, "research_refused", "TikTok's Research API refuses the query."),
    };

    private static PlatformException TokenRefusal(HttpStatusCode status, string error, TimeSpan? retryAfter) => (status, error) switch
    {
        (HttpStatusCode.TooManyRequests, _) => TooMany(retryAfter),
        ( >= HttpStatusCode.InternalServerError, _) or (_, "server_error" or "temporarily_unavailable") => Unavailable(retryAfter),
        _ => RefusedClient(),
    };

    private static PlatformException TooMany(TimeSpan? retryAfter) =>
        new(Remedy.Retry, "rate_limited", "TikTok's Research API asks to slow down.", retryAfter ?? AfterTooMany);

    private static PlatformException Unavailable(TimeSpan? retryAfter) =>
        new(Remedy.Retry, "tiktok_unavailable", "TikTok's Research API has a fault of its own right now.", retryAfter);

    private static PlatformException RefusedClient() => new(
        Remedy.Configure,
        "client_refused",
        "TikTok refuses the client of its Research API. Check TIKTOK_RESEARCH_CLIENT_KEY and TIKTOK_RESEARCH_CLIENT_SECRET.",
        AfterRefusedClient);

    private static PlatformException Unreadable() =>
        new(Remedy.Retry, "tiktok_unreadable", "TikTok's Research API answered something that cannot be read.");

    private sealed record AppToken(string Value, DateTimeOffset RenewAt);
}
