using System.Globalization;
using System.Net;
using AngleSharp.Html.Parser;
using TrendVault.Core.Auth;
using TrendVault.Tests.App;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Tests.Benchmarks;

/// <summary>
/// How many requests a second the wall and its API answer beside a bare Kestrel that returns the same bytes, in turns on the same
/// cores; everything on as shipped, with the limits raised. Not part of the tests; on a quiet machine, and in Release:
/// <c>TrendVault.Tests -explicit only -class '*ServingBenchmark'</c>.
/// </summary>
public sealed class ServingBenchmark(ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 5;

    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1.5);

    // On two cores that a load keeps busy the runtime takes so long until it has compiled what runs often.
    private static readonly TimeSpan Warmth = TimeSpan.FromSeconds(20);

    // Stands for the address that the first page gives.
    private const string NextCards = "next";

    private static readonly Case[] Cases =
    [
        new("API, limit=10", "/api/trending?limit=10", "", LeastRatio: 0.4, MostP99: 5, MostCpu: 50),
        new("API, limit=50", "/api/trending?limit=50", "", LeastRatio: 0.4, MostP99: 5, MostCpu: 50),
        new("page, signed out", "/trending", "", LeastRatio: 0.5),
        new("48 more cards", NextCards, "HX-Request: true\r\n", LeastRatio: 0.5),
        new("page, signed in", "/trending", "", LeastRatio: 0.15, MostP99: 12) { SignedIn = true },
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("tv-serving-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Explicit = true)]
    public async Task Serving_the_wall_and_its_api()
    {
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        await using var app = await AppProcess.StartInto(
            Path.Combine(_folder, "log"), _folder, ("RATE_LIMIT_PER_MINUTE", "2000000000"), ("TRENDVAULT_ROLE", "web")).ReadyAsync();
        var session = await SignInAsync(app);
        var next = await FindNextCardsAsync(app);
        var cases = Cases.Select(each => each.SignedIn ? each with { Headers = session } : each.Path == NextCards ? each with { Path = next } : each).ToList();
        var answers = await Task.WhenAll(cases.Select(each => ReadAsync(app, each)));
        await using var floor = await Floor.StartAsync(Path.Combine(_folder, "floor"), answers);

        var kept = true;
        for (var n = 0; n < cases.Count; n++)
            kept &= await MeasureAsync(app, floor, cases[n], $"/{n}", answers[n].Length);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"memory of the app then     {app.ResidentBytes >> 20} MiB"));
        Assert.True(kept, "Every ratio, p99 and CPU time is within its limit.");
    }

    private async Task<bool> MeasureAsync(AppProcess app, Floor floor, Case asked, string same, int bytes)
    {
        var port = app.Address.Port;
        await LoadGenerator.RunAsync(floor.Port, same, asked.Headers, Warmth);
        await LoadGenerator.RunAsync(port, asked.Path, asked.Headers, Warmth);

        var (ratios, p99s, cpus, floors) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            var bareCpu = floor.Cpu;
            var bare = await LoadGenerator.RunAsync(floor.Port, same, asked.Headers, Turn);
            floors.Add((floor.Cpu - bareCpu).TotalMicroseconds / bare.Latencies.Count);
            var cpu = app.CpuTime;
            var ours = await LoadGenerator.RunAsync(port, asked.Path, asked.Headers, Turn);
            cpus.Add((app.CpuTime - cpu).TotalMicroseconds / ours.Latencies.Count);
            ratios.Add(ours.PerSecond / bare.PerSecond);
            p99s.Add(ours.P99.TotalMilliseconds);
            if (round == Rounds / 2)
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{asked.Name,-26} {bytes} bytes, {ours.PerSecond:0}/s, floor {bare.PerSecond:0}/s with p99 {bare.P99.TotalMilliseconds:0.0} ms"));
        }

        var (ratio, p99, each) = (Median(ratios), Median(p99s), Median(cpus));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{"",-26} {ratio:0.00} of the floor (at least {asked.LeastRatio:0.00}), p99 {p99:0.0} ms{Most(asked.MostP99, "ms")}, CPU {each:0} us a request{Most(asked.MostCpu, "us")}, the floor's {Median(floors):0} us"));
        return ratio >= asked.LeastRatio && p99 <= asked.MostP99 && each <= asked.MostCpu;
    }

    private static string Most(double limit, string unit) =>
        double.IsFinite(limit) ? string.Create(CultureInfo.InvariantCulture, $" (at most {limit:0} {unit})") : "";

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static async Task<byte[]> ReadAsync(AppProcess app, Case asked)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = app.Address };
        foreach (var header in asked.Headers.Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
            client.DefaultRequestHeaders.TryAddWithoutValidation(header.Split(": ")[0], header.Split(": ")[1]);
        return await client.GetByteArrayAsync(new Uri(asked.Path, UriKind.Relative));
    }

    private static async Task<string> FindNextCardsAsync(AppProcess app)
    {
        using var client = new HttpClient { BaseAddress = app.Address };
        using var page = await new HtmlParser().ParseDocumentAsync(await client.GetStringAsync(new Uri("trending", UriKind.Relative)));
        return page.QuerySelector(".more a")!.GetAttribute("href")!;
    }

    /// <summary>The header that a browser of the demo user's sends from then on.</summary>
    private static async Task<string> SignInAsync(AppProcess app)
    {
        var cookies = new CookieContainer();
        using var client = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false }) { BaseAddress = app.Address };
        using var page = await new HtmlParser().ParseDocumentAsync(await client.GetStringAsync(new Uri("signin", UriKind.Relative)));
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["Email"] = DemoUser.Email,
            ["Password"] = DemoUser.Password,
            ["__RequestVerificationToken"] = page.QuerySelector("main input[name=__RequestVerificationToken]")!.GetAttribute("value")!,
        });
        using var answer = await client.PostAsync(new Uri("signin", UriKind.Relative), form);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return $"Cookie: {cookies.GetCookieHeader(app.Address)}\r\n";
    }

    private sealed record Case(
        string Name, string Path, string Headers, double LeastRatio, double MostP99 = double.PositiveInfinity, double MostCpu = double.PositiveInfinity)
    {
        public bool SignedIn { get; init; }
    }
}
