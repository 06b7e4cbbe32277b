using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Trending;

/// <summary>A run of an actor: its state, and where its items and its input are.</summary>
internal sealed record ApifyRun(string Id, string Status, DateTimeOffset? StartedAt, string? DatasetId, string? StoreId)
{
    public bool IsFinal => Status is "SUCCEEDED" or "FAILED" or "TIMED-OUT" or "ABORTED";

    /// <summary>Runs that were cut short can hold items too.</summary>
    public bool MayHaveItems => Status is "SUCCEEDED" or "TIMED-OUT" or "ABORTED";
}

/// <summary>Apify's API, as far as running an actor goes.</summary>
/// <remarks><see href="https://docs.apify.com/api/v2"/></remarks>
internal sealed class ApifyClient(IHttpClientFactory clients, IOptions<TrendingOptions> options, TimeProvider time)
{
    public const string HttpName = "apify";

    private const int MaxItems = 250;

    private const int ItemsPerPage = 100;

    private const int RunsLookedAt = 5;

    // How far Apify's clock may be behind this one.
    private static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan AfterRefusedSettings = TimeSpan.FromHours(1);

    /// <summary>Runs the actor and answers its items. Null when they are not in the answer: the run takes longer than Apify waits, or ended badly.</summary>
    public async Task<IReadOnlyList<JsonElement>?> RunAsync(string input, CancellationToken cancellationToken)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"timeout=240&maxItems={MaxItems}&limit={MaxItems}&maxTotalChargeUsd={MaxChargeUsd}&format=json&clean=true");
        using var answer = await SendAsync(HttpMethod.Post, $"{Actor}/run-sync-get-dataset-items?{query}", input, cancellationToken);
        if (answer.IsSuccessStatusCode)
            return await ReadItemsAsync(answer, cancellationToken);

        var type = await ErrorTypeAsync(answer, cancellationToken);
        return answer.StatusCode == HttpStatusCode.RequestTimeout || type is "run-failed" or "actor-run-failed" ? null : throw Refusal(answer, type);
    }

    public async Task<ApifyRun> StartAsync(string input, CancellationToken cancellationToken)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"waitForFinish=0&timeout=600&maxItems={MaxItems}&maxTotalChargeUsd={MaxChargeUsd}");
        using var answer = await SendAsync(HttpMethod.Post, $"{Actor}/runs?{query}", input, cancellationToken);
        await ThrowUnlessSuccessAsync(answer, cancellationToken);
        return RunOf(await ReadDataAsync(answer, cancellationToken)) ?? throw Unreadable(null);
    }

    /// <summary>
    /// The newest run with this input that began no earlier than <paramref name="since"/>: one whose answer was lost is paid for all
    /// the same. Null when there is none, or Apify does not let this token look.
    /// </summary>
    public async Task<ApifyRun?> FindRunAsync(string input, DateTimeOffset since, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"{Actor}/runs?desc=1&limit={RunsLookedAt}", null, cancellationToken);
        if (answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
            return null;
        await ThrowUnlessSuccessAsync(answer, cancellationToken);
        var data = await ReadDataAsync(answer, cancellationToken);
        foreach (var run in data.List("items").Select(RunOf).OfType<ApifyRun>().Where(run => run.StartedAt >= since - ClockSlack))
        {
            if (await HasInputAsync(run, input, cancellationToken))
                return run;
        }

        return null;
    }

    /// <summary>Waits at Apify's side for up to a minute. Null when there is no such run.</summary>
    public async Task<ApifyRun?> WaitAsync(string runId, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"v2/actor-runs/{Uri.EscapeDataString(runId)}?waitForFinish=60", null, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        await ThrowUnlessSuccessAsync(answer, cancellationToken);
        return RunOf(await ReadDataAsync(answer, cancellationToken)) ?? throw Unreadable(null);
    }

    /// <summary>All items of a dataset, page by page, up to as many as a run may bring.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListItemsAsync(string datasetId, CancellationToken cancellationToken)
    {
        var items = new List<JsonElement>();
        var (offset, total) = (0, 1);
        while (offset < Math.Min(total, MaxItems))
        {
            var range = string.Create(CultureInfo.InvariantCulture, $"offset={offset}&limit={ItemsPerPage}");
            using var answer = await SendAsync(HttpMethod.Get, $"v2/datasets/{Uri.EscapeDataString(datasetId)}/items?format=json&clean=true&{range}", null, cancellationToken);
            await ThrowUnlessSuccessAsync(answer, cancellationToken);
            items.AddRange(await ReadItemsAsync(answer, cancellationToken));
            // Not by the number of items: empty ones are left out of a page and counted in its range.
            offset += ItemsPerPage;
            total = TotalOf(answer);
        }

        return items;
    }

    private string Actor => $"v2/actors/{options.Value.ApifyActor}";

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
            throw new PlatformException(Remedy.Retry, "apify_timeout", "Apify did not answer in time.", inner: e);
        }
        catch (HttpRequestException e)
        {
            throw new PlatformException(Remedy.Retry, "apify_unreachable", "Apify, which reads TikTok, cannot be reached.", inner: e);
        }
    }

    private static async Task<IReadOnlyList<JsonElement>> ReadItemsAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        using var json = await ReadAsync(answer, cancellationToken);
        return json.RootElement.ValueKind == JsonValueKind.Array
            ? [.. json.RootElement.EnumerateArray().Select(item => item.Clone())]
            : throw Unreadable(null);
    }

    private static int TotalOf(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("X-Apify-Pagination-Total", out var values) && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var total)
            ? total
            : 0;

    private static async Task<JsonElement> ReadDataAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        using var json = await ReadAsync(answer, cancellationToken);
        return json.RootElement.Find("data") is { ValueKind: JsonValueKind.Object } data ? data.Clone() : throw Unreadable(null);
    }

    private static ApifyRun? RunOf(JsonElement run) =>
        run.Text("id") is { Length: > 0 } id && run.Text("status") is { } status
            ? new ApifyRun(id, status, YouTubeMapping.DateOf(run.Text("startedAt")), run.Text("defaultDatasetId"), run.Text("defaultKeyValueStoreId"))
            : null;

    /// <summary>Apify keeps what a run was told as a record of its store.</summary>
    private async Task<bool> HasInputAsync(ApifyRun run, string input, CancellationToken cancellationToken)
    {
        if (run.StoreId is null)
            return false;
        using var answer = await SendAsync(HttpMethod.Get, $"v2/key-value-stores/{Uri.EscapeDataString(run.StoreId)}/records/INPUT", null, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            return false;
        using var told = await ReadAsync(answer, cancellationToken);
        using var wanted = JsonDocument.Parse(input);
        return JsonElement.DeepEquals(told.RootElement, wanted.RootElement);
    }

    private static async Task<JsonDocument> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            return await OutsideJson.ReadAsync(answer.Content, cancellationToken);
        }
        catch (JsonException e)
        {
            throw Unreadable(e);
        }
    }

    private static PlatformException Unreadable(Exception? inner) =>
        new(Remedy.Retry, "apify_unreadable", "Apify answered something that cannot be read.", inner: inner);

    private async Task ThrowUnlessSuccessAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (!answer.IsSuccessStatusCode)
            throw Refusal(answer, await ErrorTypeAsync(answer, cancellationToken));
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

    private PlatformException Refusal(HttpResponseMessage answer, string type)
    {
        var asked = answer.Headers.RetryAfter?.WaitFrom(time.GetUtcNow());
        return (answer.StatusCode, type) switch
        {
            (HttpStatusCode.Unauthorized, _) =>
                new(Remedy.Configure, "apify_token_refused", "Apify refuses the token. Check APIFY_API_KEY.", AfterRefusedSettings),
            (HttpStatusCode.PaymentRequired, _) =>
                new(Remedy.Wait, "apify_out_of_credit", "Apify's credit is used up. Top it up, or wait for the next month.", TimeSpan.FromHours(1)),
            (HttpStatusCode.Forbidden, "concurrent-runs-limit-exceeded") or (HttpStatusCode.TooManyRequests, _) =>
                new(Remedy.Retry, "rate_limited", "Apify asks to slow down.", asked),
            (HttpStatusCode.NotFound, _) =>
                new(Remedy.Configure, "apify_actor_missing", "Apify has no such actor. Check APIFY_ACTOR.", AfterRefusedSettings),
            (HttpStatusCode.Forbidden, _) =>
                new(Remedy.Configure, "apify_forbidden", "Apify does not let this token run the actor. Rent the actor at Apify, or check APIFY_API_KEY and APIFY_ACTOR.", AfterRefusedSettings),
            ( >= HttpStatusCode.InternalServerError, _) =>
                new(Remedy.Retry, "apify_unavailable", "Apify has a fault of its own right now.", asked),
            _ => new(Remedy.Configure, "apify_refused", "Apify refuses this request. Check APIFY_ACTOR and APIFY_INPUT.", AfterRefusedSettings),
        };
    }
}
