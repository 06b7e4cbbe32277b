using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Web.Sandbox.Apify;

/// <summary>Apify's API, as far as running a TikTok actor and reading its dataset needs it.</summary>
internal static class ApifyApi
{
    private const int DefaultTimeout = 600;

    private static readonly Dictionary<string, string> Actors = new(StringComparer.OrdinalIgnoreCase)
    {
        ["clockworks~tiktok-scraper"] = "GdWCkxBtKWOsKjdch",
        ["clockworks~free-tiktok-scraper"] = "OtzYfK1ndEGdwWFKQ",
        ["clockworks~tiktok-hashtag-scraper"] = "f1ZeP0K58iwlqG2pY",
        ["clockworks~tiktok-discover-scraper"] = "Sb1DiscoverSandbx",
        ["clockworks~tiktok-explore-scraper"] = "Sb2ExploreSandbox",
        ["clockworks~tiktok-trends-scraper"] = "Sb3TrendsSandboxx",
    };

    public static void MapApify(this WebApplication app)
    {
        var api = app.MapGroup("/v2").AddEndpointFilter(RequireTokenAsync);
        // The new prefix and the old one that still works.
        foreach (var prefix in new[] { "actors", "acts" })
        {
            api.MapGet($"/{prefix}/{{actor}}", Actor);
            api.MapPost($"/{prefix}/{{actor}}/run-sync-get-dataset-items", RunSyncAsync);
            api.MapPost($"/{prefix}/{{actor}}/runs", StartAsync);
            api.MapGet($"/{prefix}/{{actor}}/runs", List);
        }

        api.MapGet("/actor-runs/{id}", GetAsync);
        api.MapPost("/actor-runs/{id}/abort", Abort);
        api.MapGet("/actor-runs/{id}/log", LogAsync);
        api.MapGet("/datasets/{id}", Dataset);
        api.MapGet("/datasets/{id}/items", Items);
        api.MapGet("/key-value-stores/{id}/records/{key}", Record);
        api.MapFallback(() => ApifyError.Of(404, "page-not-found", "We have bad news: there is no such API endpoint."));
    }

    private static async ValueTask<object?> RequireTokenAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        var header = request.Headers.Authorization.ToString();
        var token = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..] : request.Query["token"].FirstOrDefault();
        context.HttpContext.Response.Headers["X-RateLimit-Limit"] = "60";
        return token switch
        {
            null or "" => ApifyError.Of(401, "token-not-provided", "Authentication token was not provided."),
            SandboxSettings.ApifyToken => await next(context),
            _ => ApifyError.Of(401, "user-or-token-not-found", "User was not found or authentication token is not valid."),
        };
    }

    private static async Task<IResult> RunSyncAsync(HttpContext context, string actor, ApifyRuns runs, SandboxFaults faults)
    {
        var (run, refusal) = await BeginAsync(context, actor, runs);
        if (run is null)
            return refusal!;

        await runs.WaitAsync(run, TimeSpan.FromSeconds(faults.Switches.ApifySyncSeconds), context.RequestAborted);
        return runs.StatusOf(run) switch
        {
            "SUCCEEDED" => Page(context, runs.ItemsOf(run), StatusCodes.Status201Created),
            "READY" or "RUNNING" => ApifyError.Of(408, "run-timeout-exceeded", "Actor run exceeded the timeout of 300 seconds for this API endpoint."),
            var status => ApifyError.Of(400, "run-failed", $"Actor run did not succeed (run ID: {run.Id}, status: {status})."),
        };
    }

    private static async Task<IResult> StartAsync(HttpContext context, string actor, ApifyRuns runs)
    {
        var (run, refusal) = await BeginAsync(context, actor, runs);
        if (run is null)
            return refusal!;

        await runs.WaitAsync(run, Patience(context), context.RequestAborted);
        context.Response.Headers.Location = $"/v2/actor-runs/{run.Id}";
        return Results.Json(Envelope(run, runs), SandboxJson.Full, statusCode: StatusCodes.Status201Created);
    }

    private static IResult Actor(string actor, ApifyRuns runs)
    {
        if (IdOf(actor) is not { } id)
            return ApifyError.Of(404, "record-not-found", "Actor was not found.");
        var (username, name) = Actors.First(known => known.Value == id).Key.Split('~') is [var owner, var own] ? (owner, own) : ("", "");
        return Results.Json(
            new
            {
                data = new
                {
                    id,
                    userId = "7sT5jcggjjA9fNcxF",
                    name,
                    username,
                    title = name,
                    description = "Invented posts of TikTok.",
                    isPublic = true,
                    createdAt = "2024-01-01T00:00:00.000Z",
                    modifiedAt = "2024-01-01T00:00:00.000Z",
                    stats = new { totalRuns = runs.OfActor(id).Count },
                    versions = new[] { new { versionNumber = "0.0", buildTag = "latest" } },
                    defaultRunOptions = new { build = "latest", timeoutSecs = DefaultTimeout, memoryMbytes = 1024 },
                },
            },
            SandboxJson.Full);
    }

    private static IResult List(HttpContext context, string actor, ApifyRuns runs)
    {
        if (IdOf(actor) is not { } id)
            return NoActor();
        var all = runs.OfActor(id);
        var desc = DatasetView.IsSet(context.Request.Query, "desc");
        if (desc)
            all = [.. all.Reverse()];
        var (offset, limit) = (Number(context, "offset") ?? 0, Number(context, "limit") is > 0 and var most ? most : 1000);
        var page = all.Skip(offset).Take(limit).Select(run => Describe(run, runs)).ToList();
        return Results.Json(
            new { data = new { total = all.Count, offset, limit, desc, count = page.Count, items = page } },
            SandboxJson.Full);
    }

    private static async Task<IResult> GetAsync(HttpContext context, string id, ApifyRuns runs)
    {
        if (runs.Find(id) is not { } run)
            return ApifyError.Of(404, "record-not-found", "Actor run was not found.");
        await runs.WaitAsync(run, Patience(context), context.RequestAborted);
        return Results.Json(Envelope(run, runs), SandboxJson.Full);
    }

    private static IResult Abort(string id, ApifyRuns runs)
    {
        if (runs.Find(id) is not { } run)
            return ApifyError.Of(404, "record-not-found", "Actor run was not found.");
        runs.Abort(run);
        return Results.Json(Envelope(run, runs), SandboxJson.Full);
    }

    // As the real one, it goes on for as long as the run does when it is asked for as a stream.
    private static async Task<IResult> LogAsync(HttpContext context, string id, ApifyRuns runs)
    {
        if (runs.Find(id) is not { } run)
            return ApifyError.Of(404, "record-not-found", "Log was not found.");
        if (DatasetView.IsSet(context.Request.Query, "stream"))
            await runs.WaitAsync(run, TimeSpan.FromSeconds(run.TimeoutSeconds), context.RequestAborted);
        var ended = run.IsOverAt(runs.Now) ? $"{Iso(run.EndsAt)} ACTOR: Run ended as {runs.StatusOf(run)}.\n" : "";
        return Results.Text($"{Iso(run.StartedAt)} ACTOR: Run started.\n{ended}", "text/plain; charset=utf-8");
    }

    private static IResult Dataset(string id, ApifyRuns runs)
    {
        if (runs.FindByDataset(id) is not { } run)
            return ApifyError.Of(404, "record-not-found", "Dataset was not found.");
        var count = runs.ItemsOf(run).Count;
        return Results.Json(
            new
            {
                data = new
                {
                    id,
                    name = (string?)null,
                    userId = "7sT5jcggjjA9fNcxF",
                    createdAt = Iso(run.StartedAt),
                    modifiedAt = Iso(run.StartedAt),
                    accessedAt = Iso(run.StartedAt),
                    itemCount = count,
                    cleanItemCount = count,
                    actId = run.Actor,
                    actRunId = run.Id,
                },
            },
            SandboxJson.Full);
    }

    private static IResult Items(HttpContext context, string id, ApifyRuns runs) => runs.FindByDataset(id) is { } run
        ? Page(context, runs.ItemsOf(run), StatusCodes.Status200OK)
        : ApifyError.Of(404, "record-not-found", "Dataset was not found.");

    private static IResult Record(string id, string key, ApifyRuns runs) => runs.FindByStore(id) is { } run && key == "INPUT"
        ? Results.Text(run.Told, "application/json; charset=utf-8")
        : ApifyError.Of(404, "record-not-found", "Record was not found.");

    private static async Task<(ApifyRun? Run, IResult? Refusal)> BeginAsync(HttpContext context, string actor, ApifyRuns runs)
    {
        if (IdOf(actor) is not { } id)
            return (null, NoActor());
        JsonElement body;
        try
        {
            body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: context.RequestAborted);
        }
        catch (JsonException)
        {
            return (null, ApifyError.Of(400, "run-input-body-not-valid-json", "The run input must be valid JSON."));
        }

        if (body.ValueKind != JsonValueKind.Object)
            return (null, ApifyError.Of(400, "input-json-not-object", "The run input must be a JSON object."));
        ApifyInput input;
        try
        {
            input = body.Deserialize<ApifyInput>(SandboxJson.Lean)!;
        }
        catch (JsonException e)
        {
            return (null, ApifyError.Of(400, "invalid-input", $"Input is not valid: field {e.Path} has the wrong type."));
        }

        if (input.Hashtags.Count + input.SearchQueries.Count + input.Profiles.Count + input.ExploreCategoryTypes.Count + input.PostURLs.Count == 0 && !input.AdsScrapeVideos)
            return (null, ApifyError.Of(400, "invalid-input", "Input is not valid: give at least one hashtag, search query, profile or post."));
        if (input.ResultsPerPage is < 1 or > 1_000_000 || ApifyRuns.RegionOf(input) is null)
            return (null, ApifyError.Of(400, "invalid-input", "Input is not valid: resultsPerPage or proxyCountryCode is out of range."));
        return (runs.Start(id, input, body.GetRawText(), Number(context, "timeout") ?? DefaultTimeout, Number(context, "maxItems")), null);
    }

    private static IResult Page(HttpContext context, IReadOnlyList<object> items, int status)
    {
        if (!DatasetView.TryRead(context.Request.Query, out var view, out var refusal))
            return refusal;
        var page = view.Of(items);
        var headers = context.Response.Headers;
        headers["X-Apify-Pagination-Offset"] = Text(view.Offset);
        headers["X-Apify-Pagination-Limit"] = Text(view.Limit);
        headers["X-Apify-Pagination-Count"] = Text(page.Count);
        headers["X-Apify-Pagination-Total"] = Text(items.Count);
        headers["X-Apify-Pagination-Desc"] = view.Descending ? "true" : "false";
        return view.AsLines
            ? Results.Text(Lines(page), "application/jsonl; charset=utf-8", statusCode: status)
            : Results.Json(page, SandboxJson.Full, statusCode: status);
    }

    private static string Lines(IEnumerable<JsonObject> items) => string.Concat(items.Select(item => item.ToJsonString(SandboxJson.Full) + "\n"));

    private static object Envelope(ApifyRun run, ApifyRuns runs) => new { data = Describe(run, runs) };

    private static object Describe(ApifyRun run, ApifyRuns runs)
    {
        var status = runs.StatusOf(run);
        var over = status is not ("READY" or "RUNNING");
        return new
        {
            id = run.Id,
            actId = run.Actor,
            userId = "7sT5jcggjjA9fNcxF",
            startedAt = Iso(run.StartedAt),
            finishedAt = over ? Iso(run.EndsAt) : null,
            status,
            statusMessage = over ? "Finished." : null,
            isStatusMessageTerminal = over ? true : (bool?)null,
            meta = new { origin = "API" },
            stats = new { runTimeSecs = over ? (run.EndsAt - run.StartedAt).TotalSeconds : 0, computeUnits = 0 },
            options = new { build = "latest", timeoutSecs = run.TimeoutSeconds, memoryMbytes = 1024 },
            buildId = "7sT5jcggjjA9fNcxA",
            exitCode = over ? (status == "SUCCEEDED" ? 0 : 1) : (int?)null,
            defaultKeyValueStoreId = run.StoreId,
            defaultDatasetId = run.DatasetId,
            defaultRequestQueueId = run.Id[..^2] + "rq",
            usageTotalUsd = 0.02,
            generalAccess = "FOLLOW_USER_SETTING",
        };
    }

    private static string? IdOf(string actor) =>
        Actors.TryGetValue(actor, out var id) ? id : Actors.Values.FirstOrDefault(known => known == actor);

    private static IResult NoActor() => ApifyError.Of(404, "actor-not-found", "Actor was not found.");

    // At most a minute, however long one would like to wait.
    private static TimeSpan Patience(HttpContext context) => TimeSpan.FromSeconds(Math.Clamp(Number(context, "waitForFinish") ?? 0, 0, 60));

    private static int? Number(HttpContext context, string name) =>
        int.TryParse(context.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Iso(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
