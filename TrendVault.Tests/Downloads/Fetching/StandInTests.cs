using System.Diagnostics;
using TrendVault.Core;
using TrendVault.Core.Downloads;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Downloads;

/// <summary>Programs that do what yt-dlp should not.</summary>
public sealed class StandInTests
{
    private const string Url = "https://example.org/video";

    private static readonly FormatChoice Choice = new(
        [new MediaFormat { FormatId = "1", Ext = "mp4" }], "best");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("exit 0", "no_file")]
    [InlineData("echo 'FILE|/tmp/nowhere.mp4'", "no_file")]
    [InlineData("echo x > a.mp4; echo x > b.mp4; echo 'FILE|a.mp4'", "bad_media")]
    [InlineData("echo x > a.desktop; echo 'FILE|a.desktop'", "bad_media")]
    [InlineData("ln -s /etc/passwd a.mp4; echo 'FILE|a.mp4'", "no_file")]
    [InlineData("mkdir a.mp4; echo 'FILE|a.mp4'", "no_file")]
    [InlineData("printf '#EXTM3U\\n#EXTINF:1,\\n/etc/passwd\\n' > a.mp4; echo 'FILE|a.mp4'", "bad_media")]
    [InlineData("printf 'ERROR: \\xff\\xfe\\x00 Unsupported URL: x\\n' >&2; exit 1", "unsupported")]
    [InlineData("kill -9 $$", "interrupted")]
    [InlineData("echo 'ERROR: Traceback' >&2; exit 1", "failed")]
    public async Task Whatever_it_leaves_is_judged(string script, string code)
    {
        using var standIn = new StandIn(script);
        await using var bench = await Bench.StartAsync([], tools: tools => tools.YtDlpPath = standIn.Path);

        var failure = await Bench.FailsAsync(() => bench.DownloadAsync(Url, Choice, Token));

        Assert.Equal(code, failure.Code);
    }

    [Fact]
    public async Task A_flood_of_output_takes_no_memory_and_no_time()
    {
        using var standIn = new StandIn("head -c 30000000 /dev/zero | tr '\\0' x; for i in {1..20000}; do echo 'TV|downloading|nan|inf|NA|-1|NA|NA|NA|1'; done; head -c 20000000 /dev/urandom >&2; exit 1");
        await using var bench = await Bench.StartAsync([], tools: tools => tools.YtDlpPath = standIn.Path);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await Bench.FailsAsync(() => bench.DownloadAsync(Url, Choice, Token));

        Assert.All(bench.Progress, progress => Assert.Equal(0, progress.Percent));
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 50_000_000);
    }

    [Fact]
    public async Task One_that_hears_no_signal_is_killed_with_all_its_children()
    {
        using var standIn = new StandIn("trap '' INT TERM; (trap '' INT TERM; sleep 1000) & (setsid sleep 0.1); sleep 1000 & while :; do sleep 0.1; done");
        await using var bench = await Bench.StartAsync([], tools: tools => tools.YtDlpPath = standIn.Path);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = bench.DownloadAsync(Url, Choice, stop.Token);
        await Eventually.TrueAsync(() => Processes.In(bench.Folder.Path).Count >= 3, "it has children");

        var clock = Stopwatch.StartNew();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        await Eventually.TrueAsync(() => Processes.In(bench.Folder.Path).Count == 0, "every process is gone");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"it took {clock.Elapsed}");
    }

    [Fact]
    public async Task A_look_has_a_time_limit()
    {
        using var standIn = new StandIn("sleep 1000");
        await using var bench = await Bench.StartAsync([], options => options.ProbeTimeout = TimeSpan.FromSeconds(1), tools => tools.YtDlpPath = standIn.Path);

        var failure = await Bench.FailsAsync(() => bench.YtDlp.ProbeAsync(Url, Token));

        Assert.Equal(("network", Remedy.Retry), (failure.Code, failure.Remedy));
    }

    [Fact]
    public async Task A_download_has_a_time_limit()
    {
        using var standIn = new StandIn("while :; do echo x >> a.mp4; sleep 0.05; done");
        await using var bench = await Bench.StartAsync([], options => options.DownloadTimeout = TimeSpan.FromSeconds(1), tools => tools.YtDlpPath = standIn.Path);

        var failure = await Bench.FailsAsync(() => bench.DownloadAsync(Url, Choice, Token));

        Assert.Equal("too_slow", failure.Code);
    }

    [Fact]
    public async Task One_that_hangs_without_a_word_is_ended()
    {
        using var standIn = new StandIn("sleep 1000");
        await using var bench = await Bench.StartAsync([], options => options.IdleTimeout = TimeSpan.FromSeconds(1), tools => tools.YtDlpPath = standIn.Path);

        var failure = await Bench.FailsAsync(() => bench.DownloadAsync(Url, Choice, Token));

        Assert.Equal(("network", Remedy.Retry), (failure.Code, failure.Remedy));
        Assert.Empty(Processes.In(bench.Folder.Path));
    }

    [Theory]
    [InlineData("echo null")]
    [InlineData("exit 0")]
    [InlineData("echo '{\"title\":'")]
    [InlineData("printf '{\"title\":\"\\xff\\xfe\",\"formats\":[{\"format_id\":\"1\",\"protocol\":\"https\",\"filesize\":NaN}]}\\n'")]
    [InlineData("printf '{\"title\":\"'; head -c 20000000 /dev/zero | tr '\\0' x; echo '\"}'")]
    [InlineData("printf '['; head -c 100000 /dev/zero | tr '\\0' '['; echo")]
    public async Task A_look_that_tells_nothing_sensible_offers_nothing(string script)
    {
        using var standIn = new StandIn(script);
        await using var bench = await Bench.StartAsync([], tools: tools => tools.YtDlpPath = standIn.Path);

        var failure = await Bench.FailsAsync(() => bench.YtDlp.ProbeAsync(Url, Token));

        Assert.Contains(failure.Code, (string[])["unsupported", "no_file"]);
    }

    [Fact]
    public async Task A_disk_hog_that_announces_nothing_is_ended()
    {
        using var standIn = new StandIn("while :; do head -c 1000000 /dev/zero >> a.mp4; sleep 0.02; done");
        await using var bench = await Bench.StartAsync([], options => options.MaxFileBytes = 5_000_000, tools => tools.YtDlpPath = standIn.Path);

        var failure = await Bench.FailsAsync(() => bench.DownloadAsync(Url, Choice, Token));

        Assert.Equal("too_large", failure.Code);
        Assert.True(bench.Folder.Size() < 100_000_000);
    }

    [Fact]
    public async Task Its_environment_holds_nothing_of_ours()
    {
        using var standIn = new StandIn("echo \"ERROR: $(env | cut -d= -f1 | sort | tr '\\n' ' ')\" >&2; exit 1");
        await using var bench = await Bench.StartAsync([], tools: tools => tools.YtDlpPath = standIn.Path);

        var failure = await Bench.FailsAsync(() => bench.YtDlp.ProbeAsync(Url, Token));

        // PWD, SHLVL and _ are the shell's own.
        Assert.Equal(
            "ERROR: HOME LANG PATH PWD PYTHONDONTWRITEBYTECODE PYTHONIOENCODING PYTHONUNBUFFERED PYTHONUTF8 SHLVL TMPDIR XDG_CACHE_HOME XDG_CONFIG_HOME _ all_proxy ftp_proxy http_proxy https_proxy no_proxy",
            failure.Detail);
    }

    [Fact]
    public async Task A_missing_program_is_named_and_waited_for()
    {
        await using var bench = await Bench.StartAsync([], tools: tools => tools.YtDlpPath = "/nowhere/yt-dlp");

        var failure = await Bench.FailsAsync(() => bench.DownloadAsync(Url, Choice, Token));

        Assert.Equal(("not_installed", Remedy.Wait), (failure.Code, failure.Remedy));
        Assert.Contains("install", failure.Message, StringComparison.Ordinal);
    }
}
