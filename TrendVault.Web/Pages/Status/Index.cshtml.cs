using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Npgsql;
using StackExchange.Redis;
using TrendVault.Core;
using TrendVault.Core.Accounts;
using TrendVault.Core.Data;
using TrendVault.Core.Downloads;
using TrendVault.Core.Egress;
using TrendVault.Core.Jobs;
using TrendVault.Core.Media;
using TrendVault.Core.Settings;
using TrendVault.Core.Storage;
using TrendVault.Core.Trending;

namespace TrendVault.Web.Pages.Status;

/// <summary>How TrendVault and what it stands on are, and which setting mends what is not there.</summary>
[Authorize(Policy = Policies.Page)]
internal sealed class IndexModel(IServiceProvider services) : PageModel
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The servers, the tools and the disk.</summary>
    public IReadOnlyList<Line> Parts { get; private set; } = [];

    /// <summary>The platforms, each real, played by the sandbox, or off.</summary>
    public IReadOnlyList<Line> Platforms { get; private set; } = [];

    /// <summary>What waits and runs; null while PostgreSQL does not answer.</summary>
    public IReadOnlyList<JobCounts>? Work { get; private set; }

    /// <summary>How the charts are kept young; null while PostgreSQL does not answer.</summary>
    public RefreshView? Refresh { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var embedded = Get<Surroundings>().EmbeddedServers;
        Parts =
        [
            await CheckAsync("PostgreSQL", Kept(embedded, "PostgreSQL", "DATABASE_URL"), () => Get<NpgsqlDataSource>().ExecuteAsync("select 1", null, cancellationToken)),
            await CheckAsync("Redis", Kept(embedded, "Redis", "REDIS_URL"), () => Get<IDatabase>().PingAsync()),
            await CheckAsync("Object storage", Get<IConfiguration>()["MINIO_ENDPOINT"] is { Length: > 0 } s3 ? s3 : "Files in the data folder", () => Get<IObjectStore>().CheckAsync(cancellationToken)),
            .. await ToolsAsync(cancellationToken),
            Sites(),
            Disk(),
        ];
        Platforms =
        [
            await ChartsAsync("YouTube charts", Core.Platform.YouTube, "YOUTUBE_API_KEY"),
            Get<IOptions<TrendingOptions>>().Value.TikTokSource == TikTokSource.Research
                ? await ChartsAsync("TikTok charts", Core.Platform.TikTok, "TIKTOK_RESEARCH_CLIENT_KEY", "TIKTOK_RESEARCH_CLIENT_SECRET")
                : await ChartsAsync("TikTok charts", Core.Platform.TikTok, "APIFY_API_KEY"),
            await AccountsAsync("Google accounts", "Google sign-in", Core.Platform.YouTube, "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
            await AccountsAsync("TikTok accounts", "TikTok sign-in", Core.Platform.TikTok, "TIKTOK_CLIENT_KEY", "TIKTOK_CLIENT_SECRET"),
        ];
        Work = await TryAsync(() => Get<JobCounter>().CountsAsync(cancellationToken));
        Refresh = await TryAsync(() => ReadRefreshAsync(cancellationToken));
    }

    /// <summary>The panel of the charts, which asks for itself every few seconds.</summary>
    public async Task<IActionResult> OnGetRefreshAsync(CancellationToken cancellationToken) =>
        Partial("_Refresh", await ReadRefreshAsync(cancellationToken));

    /// <summary>What a budget is counted in.</summary>
    internal static string UnitsOf(QuotaBucket bucket) => bucket.Bucket switch
    {
        "general" => "units",
        "search" => "searches",
        "upload" => "uploads",
        var units => units,
    };

    private async Task<RefreshView> ReadRefreshAsync(CancellationToken cancellationToken) =>
        new(await Get<RefreshDesk>().ReadAsync(cancellationToken), Get<TimeProvider>().GetUtcNow(), User.IsInRole("admin"));

    private T Get<T>() where T : notnull => services.GetRequiredService<T>();

    private static string Kept(IReadOnlyList<string> embedded, string name, string setting) =>
        embedded.Contains(name) ? $"Embedded; {setting} replaces it" : $"The server of {setting}";

    private static async Task<Line> CheckAsync(string name, string note, Func<Task> check)
    {
        try
        {
            await check().WaitAsync(Patience);
            return new Line(name, "good", "Up", note);
        }
        catch (Exception e) when (e is NpgsqlException or RedisException or StorageException or TimeoutException)
        {
            return new Line(name, "bad", "Down", note + ". What needs it waits and goes on by itself.");
        }
    }

    private async Task<IEnumerable<Line>> ToolsAsync(CancellationToken cancellationToken) =>
        (await Get<ToolReport>().ReadAsync(cancellationToken)).Select(line => new Line(line.Name, line.IsGood ? "good" : "warn", line.IsGood ? "Up" : "Look", line.Note));

    private Line Sites()
    {
        var hosts = Get<IOptions<EgressOptions>>().Value.Hosts;
        return new Line("Downloads from", "good", "Guarded", (hosts.Contains("*") ? "Any public site" : string.Join(", ", hosts)) + "; private networks are out of reach.");
    }

    private Line Disk()
    {
        var folder = Path.GetFullPath(Get<IOptions<FolderOptions>>().Value.DataFolder);
        var free = new DriveInfo(folder).AvailableFreeSpace;
        var least = Get<IOptions<DownloadOptions>>().Value.MinFreeBytes;
        return free >= least
            ? new Line("Disk", "good", "Room", $"{Format.Bytes(free)} free.")
            : new Line("Disk", "bad", "Full", $"{Format.Bytes(free)} free: below {Format.Bytes(least)} no download starts. Make room and they go on.");
    }

    /// <summary>Its keys may be set and be refused.</summary>
    private async Task<Line> ChartsAsync(string name, Platform platform, params string[] settings) =>
        await Get<IEnumerable<ITrendingSource>>().Single(source => source.Platform == platform).ReadWhyOffAsync() is { } off
            ? new Line(name, "bad", "Off", off)
            : Platform(name, platform.ToString(), settings);

    private async Task<Line> AccountsAsync(string name, string sandboxName, Platform platform, params string[] settings) =>
        await Get<AccountPlatforms>().Of(platform).ReadRefusalAsync() is { } refused
            ? new Line(name, "bad", "Refused", $"{refused} What needs it waits and goes on by itself.")
            : Platform(name, sandboxName, settings);

    private Line Platform(string name, string sandboxName, params string[] settings)
    {
        var surroundings = Get<Surroundings>();
        if (surroundings.SandboxPlatforms.Contains(sandboxName))
            return new Line(name, "warn", "Sandbox", $"Set {string.Join(" and ", settings)} for the real one.");
        return settings.All(setting => !string.IsNullOrWhiteSpace(Get<IConfiguration>()[setting]))
            ? new Line(name, "good", "Real", "Its keys are set.")
            : new Line(name, "bad", "Off", $"Set {string.Join(" and ", settings)} to switch it on.");
    }

    private static async Task<T?> TryAsync<T>(Func<Task<T>> read) where T : class
    {
        try
        {
            return await read();
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    /// <summary>One thing and how it is: the badge's kind and word, and what to know or do.</summary>
    public sealed record Line(string Name, string Kind, string Word, string Note);

    /// <summary>How the charts are kept young.</summary>
    public sealed record RefreshView(RefreshReport Report, DateTimeOffset Now, bool IsAdmin);
}
