using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using TrendVault.Core;
using TrendVault.Core.Media;
using TrendVault.Tests.App;
using TrendVault.Tests.Downloads;
using TrendVault.Tests.Egress;

namespace TrendVault.Tests.Media;

/// <summary>Programs and pages that take all they can get.</summary>
public sealed class ChildLimitsTests : IDisposable
{
    private static readonly ChildLimits Tight = new() { DataBytes = 200 << 20, ResidentBytes = 100 << 20, Processes = 8, OpenFiles = 64, OutputBytes = 1 << 20 };

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("tv-limits-");

    public void Dispose() => _home.Delete(recursive: true);

    [Theory]
    [InlineData("yes")]
    [InlineData("yes >&2")]
    [InlineData("for i in {1..20}; do sleep 1000 & done; wait")]
    [InlineData("(setsid sh -c 'sleep 1000 & sleep 1000 & sleep 1000 & sleep 1000 & sleep 1000 & sleep 1000 & sleep 1000 & sleep 1000 & wait') & wait")]
    [InlineData("python3 -c 'import time; held = b\"x\" * (60 << 20); time.sleep(1000)' & python3 -c 'import time; held = b\"x\" * (60 << 20); time.sleep(1000)' & wait")]
    public async Task One_that_takes_too_much_is_ended_at_once(string script)
    {
        var failure = await Bench.FailsAsync(() => RunAsync(script));

        Assert.Equal(("too_much_to_read", Remedy.GiveUp), (failure.Code, failure.Remedy));
        await Eventually.TrueAsync(() => Processes.In(_home.FullName).Count == 0, "every process is gone");
    }

    [Theory]
    [InlineData("python3 -c 'held = b\"x\" * (300 << 20)'")]
    [InlineData("python3 -c 'import os; [os.open(\"/dev/null\", 0) for _ in range(100)]'")]
    public async Task What_the_kernel_does_not_give_it_cannot_have(string script) => Assert.Equal(1, await RunAsync(script));

    [Theory]
    [InlineData(ConfinementMode.Required)]
    [InlineData(ConfinementMode.Off)]
    public async Task A_small_page_that_unpacks_to_more_than_a_gigabyte_is_told_as_too_much(ConfinementMode mode)
    {
        var page = Bomb();
        await using var site = await LocalSite.StartAsync(context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return Results.Bytes(page, "text/html").ExecuteAsync(context);
        });
        await using var bench = await Bench.StartAsync([site.Endpoint], tools: options =>
        {
            options.Confinement = mode;
            options.YtDlpPath = Environment.GetEnvironmentVariable("YTDLP_PATH") is { Length: > 0 } path ? path : null;
        });

        var failure = await Bench.FailsAsync(() => bench.YtDlp.ProbeAsync(site.Address.AbsoluteUri, TestContext.Current.CancellationToken));

        Assert.Equal(("too_much_to_read", Remedy.GiveUp), (failure.Code, failure.Remedy));
        Assert.True(page.Length < 2_000_000);
    }

    private static byte[] Bomb()
    {
        var blanks = new byte[64 << 20];
        blanks.AsSpan().Fill((byte)' ');
        using var page = new MemoryStream();
        using (var gzip = new GZipStream(page, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write("<!doctype html><html><head><title>A page</title></head><body>"u8);
            for (var part = 0; part < 18; part++)
                gzip.Write(blanks);
        }

        return page.ToArray();
    }

    private Task<int> RunAsync(string script) => ProcessGroup.RunAsync(
        new ProcessGroup.Command
        {
            Program = "bash",
            Arguments = ["-c", script],
            WorkingFolder = _home.FullName,
            Environment = Toolbox.BareEnvironment(_home.FullName),
            Limits = Tight,
        },
        _ => { },
        _ => { },
        TestContext.Current.CancellationToken);
}
