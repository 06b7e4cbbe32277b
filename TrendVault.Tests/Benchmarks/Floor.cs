using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Benchmarks;

/// <summary>A bare Kestrel in a process of its own, which answers <c>/0</c>, <c>/1</c>, … with given bytes: the least that a web app can cost.</summary>
internal sealed class Floor : IAsyncDisposable
{
    public const string FolderVariable = "FLOOR_FOLDER";
    public const string PortVariable = "FLOOR_PORT";

    private readonly Process _process;

    private Floor(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<Floor> StartAsync(string folder, IReadOnlyList<byte[]> answers)
    {
        Directory.CreateDirectory(folder);
        for (var n = 0; n < answers.Count; n++)
            await File.WriteAllBytesAsync(Path.Combine(folder, n.ToString(CultureInfo.InvariantCulture)), answers[n]);

        var port = AppProcess.FreePort();
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-explicit", "only", "-class", typeof(FloorProcess).FullName!, "-noLogo", "-noColor"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment[FolderVariable] = folder;
        start.Environment[PortVariable] = port.ToString(CultureInfo.InvariantCulture);
        var floor = new Floor(Process.Start(start)!, port);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        await Eventually.TrueAsync(() => AnswersAsync(client), "the floor answers", TimeSpan.FromMinutes(1));
        return floor;
    }

    private static async Task<bool> AnswersAsync(HttpClient client)
    {
        try
        {
            return (await client.GetAsync(new Uri("0", UriKind.Relative))).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}

/// <summary>What runs in the other process: this assembly again, for this one "test", until its input ends.</summary>
public sealed class FloorProcess
{
    [Fact(Explicit = true)]
    public async Task Serves_until_its_input_ends()
    {
        if (Environment.GetEnvironmentVariable(Floor.FolderVariable) is not { } folder)
            return;

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, int.Parse(Environment.GetEnvironmentVariable(Floor.PortVariable)!, CultureInfo.InvariantCulture)));
        await using var app = builder.Build();
        foreach (var file in Directory.GetFiles(folder))
        {
            var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            app.MapGet("/" + Path.GetFileName(file), () => Results.Bytes(bytes, "text/html; charset=utf-8"));
        }

        await app.StartAsync(TestContext.Current.CancellationToken);
        await Console.In.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
