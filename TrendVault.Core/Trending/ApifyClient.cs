using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Trending;

/// <summary>A run of an actor: its state, and where its items are.</summary>
internal sealed record ApifyRun(string Id, string Status, string? DatasetId)
{
    public bool IsFinal => Status is "SUCCEEDED" or "FAILED" or "TIMED-OUT" or "ABORTED";

    /// <summary>Runs that were cut short can hold items too.</summary>
    public bool MayHaveItems => Status is "SUCCEEDED" or "TIMED-OUT" or "ABORTED";
}

/// <summary>Apify's API, as far as running an actor goes.</summary>
/// <remarks><see href="https://docs.apify.com/api/v2"/></remarks>
internal sealed class ApifyClient(IHttpClientFactory clients, IOptions<TrendingOptions> options)
{
    public const string HttpName = "apify";

    private const int MaxItems = 250;

    /// <summary>Runs the actor and answers its items. Null when it takes longer than Apify waits: then the run goes on without an id.</summary>
    public async Task<IReadOnlyList<JsonElement>?> RunAsync(string input, CancellationToken cancellationToken)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"timeout=240&maxItems={MaxItems}&limit={MaxItems}&maxTotalChargeUsd={MaxChargeUsd}&format=json&clean=true");
        using var answer = await SendAsync(HttpMethod.Post, $"v2/actors/{options.Value.ApifyActor}/run-sync-get-dataset-items?{query}", input, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.RequestTimeout)
            return null;
        await ThrowUnlessSuccessAsync(answer, cancellationToken);
        return await ReadItemsAsync(answer, cancellationToken);
    }

    public async Task<ApifyRun> StartAsync(string input, CancellationToken cancellationToken)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"waitForFinish=0&timeout=600&maxItems={MaxItems}&maxTotalChargeUsd={MaxChargeUsd}");
        using var answer = await SendAsync(HttpMethod.Post, $"v2/actors/{options.Value.ApifyActor}/runs?{query}", input, cancellationToken);
        await ThrowUnlessSuccessAsync(answer, cancellationToken);
        return await ReadRunAsync(answer, cancellationToken);
    }

    /// <summary>Waits at Apify's side for up to a minute. Null when there is no such run.</summary>
    public async Task<ApifyRun?> WaitAsync(string runId, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"v2/actor-runs/{Uri.EscapeDataString(runId)}?waitForFinish=60", null, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        await ThrowUnlessSuccessAsync(answer, cancellationToken);
        return await ReadRunAsync(answer, cancellationToken);
    }

    public async Task<IReadOnlyList<JsonElement>> ListItemsAsync(string datasetId, CancellationToken cancellationToken)
    {
        var path = $"v2/datasets/{Uri.EscapeDataString(datasetId)}/items?format=json&clean=true&offset=0&limit={MaxItems}";
        using var answer = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        await ThrowUnlessSuccessAsync(answer, cancellationToken);
        return await ReadItemsAsync(answer, cancellationToken);
    }

    private decimal MaxChargeUsd => options.Value.ApifyMaxCentsPerRun / 100m;

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? input, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(options.Value.ApifyUrl, path));
        // Not in the query, where it would be logged along the way.
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Value.ApifyKey);
        if (input is not null)
            request.Content = new StringContent(input, Encoding.UTF8, "application/json");
        try
        {
            return await clients.CreateClient(HttpName).SendAsync(request, cancellationToken);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PlatformException(PlatformRemedy.Retry, "apify_timeout", "Apify did not answer in time.", inner: e);
        }
        catch (HttpRequestException e)
        {
            throw new PlatformException(PlatformRemedy.Retry, "apify_unreachable", "Apify, which reads TikTok, cannot be reached.", inner: e);
        }
    }

    private static async Task<IReadOnlyList<JsonElement>> ReadItemsAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        using var json = await ReadAsync(answer, cancellationToken);
        return json.RootElement.ValueKind == JsonValueKind.Array
            ? [.. json.RootElement.EnumerateArray().Select(item => item.Clone())]
            : throw Unreadable(null);
    }

    private static async Task<ApifyRun> ReadRunAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        using var json = await ReadAsync(answer, cancellationToken);
        var data = json.RootElement.Find("data");
        return data.Text("id") is { Length: > 0 } id && data.Text("status") is { } status
            ? new ApifyRun(id, status, data.Text("defaultDatasetId"))
            : throw Unreadable(null);
    }

    private static async Task<JsonDocument> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
        }
        catch (JsonException e)
        {
            throw Unreadable(e);
        }
    }

    private static PlatformException Unreadable(Exception? inner) =>
        new(PlatformRemedy.Retry, "apify_unreadable", "Apify answered something that cannot be read.", inner: inner);

    private static async Task ThrowUnlessSuccessAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (!answer.IsSuccessStatusCode)
            throw Refusal(answer.StatusCode, await ErrorTypeAsync(answer, cancellationToken), answer.Headers.RetryAfter);
    }

    private static async Task<string> ErrorTypeAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            using var json = await ReadAsync(answer, cancellationToken);
            return json.RootElement.Find("error").Text("type") ?? "";
        }
        catch (PlatformException)
        {
            return ""; // faults of Apify's own come as HTML
        }
    }

    private static PlatformException Refusal(HttpStatusCode status, string type, RetryConditionHeaderValue? retryAfter) => (status, type) switch
    {
        (_, "run-failed" or "actor-run-failed") =>
            new(PlatformRemedy.Retry, "apify_run_failed", "The run that reads TikTok failed at Apify."),
        (HttpStatusCode.Unauthorized, _) =>
            new(PlatformRemedy.GiveUp, "apify_token_refused", "Apify refuses the token. Check APIFY_API_KEY."),
        (HttpStatusCode.PaymentRequired, _) =>
            new(PlatformRemedy.Park, "apify_out_of_credit", "Apify's credit is used up. Top it up, or wait for the next month.", TimeSpan.FromHours(1)),
        (HttpStatusCode.Forbidden, "concurrent-runs-limit-exceeded") or (HttpStatusCode.TooManyRequests, _) =>
            new(PlatformRemedy.Retry, "rate_limited", "Apify asks to slow down.", retryAfter?.Delta),
        (HttpStatusCode.NotFound, _) =>
            new(PlatformRemedy.GiveUp, "apify_actor_missing", "Apify has no such actor. Check APIFY_ACTOR."),
        ( >= HttpStatusCode.InternalServerError, _) =>
            new(PlatformRemedy.Retry, "apify_unavailable", "Apify has a fault of its own right now.", retryAfter?.Delta),
        _ => new(PlatformRemedy.GiveUp, "apify_refused", "Apify refuses this request. Check APIFY_ACTOR and APIFY_INPUT."),
    };
}
