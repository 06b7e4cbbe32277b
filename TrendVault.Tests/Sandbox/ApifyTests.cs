using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Sandbox;

public sealed class ApifyTests : IAsyncLifetime
{
    private const string Input = """{"hashtags":["fyp","trending","viral"],"resultsPerPage":50,"proxyCountryCode":"JP"}""";
    private const string Sync = "v2/actors/clockworks~tiktok-scraper/run-sync-get-dataset-items?timeout=240&format=json&clean=true";

    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync() => _sandbox = await TestSandbox.StartAsync();

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Theory]
    [InlineData("US")]
    [InlineData("JP")]
    [InlineData("BR")]
    [InlineData("VN")]
    public async Task A_run_finds_enough_posts_of_the_region_with_the_odd_ones_among_them(string region)
    {
        var answer = await PostAsync(Sync, Input.Replace("JP", region, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.Created, answer.Status);
        var items = answer.Json.AsArray();
        Assert.Equal(items.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), answer.Headers.GetValues("X-Apify-Pagination-Total").Single());
        var posts = items.Where(item => item!["id"] is not null).ToList();
        Assert.All(posts, post => Assert.Equal(region, post!["locationCreated"]!.GetValue<string>()));
        Assert.All(posts, post => Assert.Equal(19, post!["id"]!.GetValue<string>().Length));

        var usable = posts.Where(post => !post!["isSlideshow"]!.GetValue<bool>() && !post["isAd"]!.GetValue<bool>()).Select(post => post!["id"]!.GetValue<string>()).Distinct().Count();
        Assert.True(usable >= 60, $"{usable} posts");
        Assert.Single(items, item => item!["id"] is null && item["error"] is not null);
        Assert.Contains(posts, post => post!["playCount"] is null);
        Assert.Contains(posts, post => post!["isSlideshow"]!.GetValue<bool>());
        Assert.Contains(posts, post => post!["videoMeta"]!["duration"]!.ToJsonString().Contains('.', StringComparison.Ordinal));
        Assert.Contains(posts, post => !post!["videoMeta"]!["duration"]!.ToJsonString().Contains('.', StringComparison.Ordinal));
        Assert.True(posts.DistinctBy(post => post!["id"]!.GetValue<string>()).Count() < posts.Count);
    }

    [Fact]
    public async Task An_asynchronous_run_goes_from_ready_to_succeeded_and_its_dataset_is_paged()
    {
        var started = await PostAsync("v2/acts/GdWCkxBtKWOsKjdch/runs?waitForFinish=0", Input);
        Assert.Equal(HttpStatusCode.Created, started.Status);
        var run = started.Json["data"]!;
        Assert.Equal("READY", run["status"]!.GetValue<string>());
        Assert.True(run.AsObject().ContainsKey("finishedAt"));
        var (id, dataset) = (run["id"]!.GetValue<string>(), run["defaultDatasetId"]!.GetValue<string>());
        Assert.Empty((await GetAsync($"v2/datasets/{dataset}/items")).Json.AsArray());

        var waited = Stopwatch.StartNew();
        var done = await GetAsync($"v2/actor-runs/{id}?waitForFinish=60");
        Assert.Equal("SUCCEEDED", done.Json["data"]!["status"]!.GetValue<string>());
        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(20));

        var all = (await GetAsync($"v2/datasets/{dataset}/items?limit=250")).Json.AsArray();
        var paged = new List<JsonNode?>();
        for (var offset = 0; offset < all.Count; offset += 40)
            paged.AddRange((await GetAsync($"v2/datasets/{dataset}/items?offset={offset}&limit=40")).Json.AsArray());
        Assert.Equal(all.Select(item => item!.ToJsonString()), paged.Select(item => item!.ToJsonString()));
        var listed = await GetAsync("v2/actors/clockworks~tiktok-scraper/runs?desc=1&limit=5");
        Assert.Equal(id, listed.Json["data"]!["items"]![0]!["id"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("v2/actors/clockworks~tiktok-scraper")]
    [InlineData("v2/acts/GdWCkxBtKWOsKjdch")]
    public async Task An_actor_says_who_it_is(string path)
    {
        var actor = (await GetAsync(path)).Json["data"]!;

        Assert.Equal(("GdWCkxBtKWOsKjdch", "tiktok-scraper", "clockworks"), (Text(actor, "id"), Text(actor, "name"), Text(actor, "username")));
        // Apify's client takes this type alone for "there is none".
        Assert.Equal("record-not-found", Type(await GetAsync("v2/actors/nobody~nothing")));
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task A_compressed_input_is_kept_as_it_was(string encoding)
    {
        using var packed = new MemoryStream();
        await using (Stream packing = encoding == "br" ? new BrotliStream(packed, CompressionMode.Compress, leaveOpen: true) : new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
            await packing.WriteAsync(Encoding.UTF8.GetBytes(Input), TestContext.Current.CancellationToken);
        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add(encoding);

        var run = (await _sandbox.SendAsync(HttpMethod.Post, "v2/actors/clockworks~tiktok-scraper/runs", content, _sandbox.ApifyToken)).Json["data"]!;

        Assert.Equal(Input, (await GetAsync($"v2/key-value-stores/{run["defaultKeyValueStoreId"]}/records/INPUT")).Text);
    }

    [Fact]
    public async Task Of_a_dataset_one_gets_the_items_and_fields_that_one_asks_for()
    {
        var items = await FinishedAsync();
        var all = (await GetAsync(items)).Json.AsArray();

        var picked = (await GetAsync($"{items}?fields=webVideoUrl,id,playCount")).Json.AsArray();
        var omitted = (await GetAsync($"{items}?omit=authorMeta,text&limit=2")).Json.AsArray();
        var backwards = await GetAsync($"{items}?desc=1&offset=1&limit=3");
        var cleaned = (await GetAsync($"{items}?fields=id&clean=1")).Json.AsArray();

        // An item that has none of them is there and empty, until empty ones are unwanted.
        Assert.Equal(all.Count, picked.Count);
        Assert.Contains(picked, item => item!.AsObject().Select(property => property.Key).SequenceEqual(["webVideoUrl", "id", "playCount"]));
        Assert.Contains(picked, item => item!.AsObject().Count == 0);
        Assert.Equal(all.Count(item => item!["id"] is not null), cleaned.Count);
        Assert.All(omitted, item => Assert.True(item!["authorMeta"] is null && item["text"] is null && item["id"] is not null));
        Assert.Equal(all.Reverse().Skip(1).Take(3).Select(item => item!.ToJsonString()), backwards.Json.AsArray().Select(item => item!.ToJsonString()));
        Assert.Equal(("3", "true"), (Header(backwards, "Limit"), Header(backwards, "Desc")));
        Assert.Equal("999999999999", Header(await GetAsync(items + "?limit=0"), "Limit"));
    }

    [Fact]
    public async Task A_dataset_counts_its_items_and_comes_line_by_line()
    {
        var items = await FinishedAsync();
        var all = (await GetAsync(items)).Json.AsArray();

        var lines = (await GetAsync(items + "?format=jsonl")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(all.Select(item => item!.ToJsonString()), lines.Select(line => JsonNode.Parse(line)!.ToJsonString()));
        Assert.Equal(all.Count, (await GetAsync(items.Replace("/items", "", StringComparison.Ordinal))).Json["data"]!["itemCount"]!.GetValue<int>());
        Assert.Equal("record-not-found", Type(await GetAsync("v2/datasets/nothing")));
        foreach (var unknown in new[] { "format=xlsx", "flatten=authorMeta", "unwind=hashtags" })
            Assert.Equal("invalid-value", Type(await GetAsync($"{items}?{unknown}")));
    }

    [Fact]
    public async Task The_log_of_a_run_goes_on_until_the_run_is_over()
    {
        var id = Text((await PostAsync("v2/actors/clockworks~tiktok-scraper/runs", Input)).Json["data"]!, "id");

        var log = (await GetAsync($"v2/actor-runs/{id}/log?stream=1&raw=1")).Text;

        Assert.Contains("Run started", log, StringComparison.Ordinal);
        Assert.Contains("SUCCEEDED", log, StringComparison.Ordinal);
        Assert.Equal("record-not-found", Type(await GetAsync("v2/actor-runs/nothing/log")));
    }

    [Fact]
    public async Task Tokens_inputs_and_names_are_checked()
    {
        Assert.Equal("token-not-provided", Type(await _sandbox.SendAsync(HttpMethod.Post, Sync, Json(Input))));
        Assert.Equal("user-or-token-not-found", Type(await _sandbox.SendAsync(HttpMethod.Post, Sync, Json(Input), "wrong")));
        Assert.Equal(HttpStatusCode.Created, (await _sandbox.SendAsync(HttpMethod.Post, $"{Sync}&token={_sandbox.ApifyToken}", Json(Input))).Status);
        Assert.Equal("actor-not-found", Type(await PostAsync("v2/actors/nobody~nothing/runs", Input)));
        Assert.Equal("run-input-body-not-valid-json", Type(await PostAsync(Sync, "{")));
        Assert.Equal("input-json-not-object", Type(await PostAsync(Sync, "[]")));
        Assert.Equal("invalid-input", Type(await PostAsync(Sync, "{}")));
        Assert.Equal("record-not-found", Type(await GetAsync("v2/actor-runs/nothing")));
        Assert.Equal("page-not-found", Type(await GetAsync("v2/nothing")));
    }

    [Fact]
    public async Task Runs_fail_time_out_and_are_refused_by_order()
    {
        _sandbox.Server.Faults.Switches = new SandboxSwitches { ApifyRunEnds = "FAILED" };
        Assert.Equal("run-failed", Type(await PostAsync(Sync, Input)));

        _sandbox.Server.Faults.Switches = new SandboxSwitches { ApifyRunEnds = "TIMED-OUT" };
        var run = (await PostAsync("v2/actors/clockworks~tiktok-scraper/runs?waitForFinish=30", Input)).Json["data"]!;
        Assert.Equal("TIMED-OUT", run["status"]!.GetValue<string>());
        Assert.InRange((await GetAsync($"v2/datasets/{run["defaultDatasetId"]}/items")).Json.AsArray().Count, 1, 149);

        _sandbox.Server.Faults.Clear();
        _sandbox.Server.Faults.Order(new FaultOrder { Path = "/v2/", Status = 408, Reason = "run-timeout-exceeded" });
        _sandbox.Server.Faults.Order(new FaultOrder { Path = "/v2/", Status = 402, Reason = "not-enough-usage-to-run-paid-actor" });
        _sandbox.Server.Faults.Order(new FaultOrder { Path = "/v2/", Status = 429, Reason = "rate-limit-exceeded", RetryAfter = 3 });
        var timedOut = await PostAsync(Sync, Input);
        var unpaid = await PostAsync(Sync, Input);
        var limited = await PostAsync(Sync, Input);
        Assert.Equal((408, 402, 429), ((int)timedOut.Status, (int)unpaid.Status, (int)limited.Status));
        Assert.Equal(TimeSpan.FromSeconds(3), limited.Headers.RetryAfter!.Delta);
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(Sync, Input)).Status);
    }

    [Fact]
    public async Task A_run_that_outlasts_the_answer_goes_on_and_is_found_by_its_input()
    {
        _sandbox.Server.Faults.Switches = new SandboxSwitches { ApifySyncSeconds = 0 };

        Assert.Equal("run-timeout-exceeded", Type(await PostAsync(Sync, Input)));

        var run = (await GetAsync("v2/actors/clockworks~tiktok-scraper/runs?desc=1&limit=5")).Json["data"]!["items"]![0]!;
        Assert.Equal(Input, (await GetAsync($"v2/key-value-stores/{run["defaultKeyValueStoreId"]}/records/INPUT")).Text);
        Assert.Equal("record-not-found", Type(await GetAsync($"v2/key-value-stores/{run["defaultKeyValueStoreId"]}/records/OUTPUT")));
        Assert.Equal("SUCCEEDED", (await GetAsync($"v2/actor-runs/{run["id"]}?waitForFinish=60")).Json["data"]!["status"]!.GetValue<string>());
        Assert.NotEmpty((await GetAsync($"v2/datasets/{run["defaultDatasetId"]}/items")).Json.AsArray());
    }

    [Fact]
    public async Task A_run_can_be_aborted_and_keeps_half_of_what_it_found()
    {
        var run = (await PostAsync("v2/actors/clockworks~tiktok-scraper/runs", Input)).Json["data"]!;

        var aborted = await PostAsync($"v2/actor-runs/{run["id"]}/abort", "");

        Assert.Equal("ABORTED", aborted.Json["data"]!["status"]!.GetValue<string>());
        Assert.NotEmpty((await GetAsync($"v2/datasets/{run["defaultDatasetId"]}/items")).Json.AsArray());
    }

    /// <summary>The items of a run that is over.</summary>
    private async Task<string> FinishedAsync()
    {
        var run = (await PostAsync("v2/actors/clockworks~tiktok-scraper/runs?waitForFinish=60", Input)).Json["data"]!;
        return $"v2/datasets/{run["defaultDatasetId"]}/items";
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static string Header(Answer answer, string name) => answer.Headers.GetValues("X-Apify-Pagination-" + name).Single();

    private Task<Answer> PostAsync(string path, string body) => _sandbox.SendAsync(HttpMethod.Post, path, Json(body), _sandbox.ApifyToken);

    private Task<Answer> GetAsync(string path) => _sandbox.SendAsync(HttpMethod.Get, path, bearer: _sandbox.ApifyToken);

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static string Type(Answer answer) => answer.Json["error"]!["type"]!.GetValue<string>();
}
