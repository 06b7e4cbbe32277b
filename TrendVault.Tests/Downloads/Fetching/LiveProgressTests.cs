using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using TrendVault.Core.Downloads;
using TrendVault.Tests.App;
using TrendVault.Tests.Browser;
using TrendVault.Web.Pages.Shared;
using static Microsoft.Playwright.Assertions;

namespace TrendVault.Tests.Downloads;

/// <summary>The app with a program in yt-dlp's place that waits for <see cref="Go"/>, then prints ten percents and notes when it did.</summary>
public sealed class PrintingApp(TestServers servers) : DownloadsApp(servers)
{
    private StandIn? _ytDlp;

    /// <summary>By percent of the row: the moment it was printed, in milliseconds since 1970.</summary>
    public IReadOnlyDictionary<int, double> Printed =>
        File.ReadLines(FileOf("printed")).Select(line => line.Split(' ')).ToDictionary(
            words => int.Parse(words[0], CultureInfo.InvariantCulture), words => double.Parse(words[1], CultureInfo.InvariantCulture));

    public void Go() => File.WriteAllText(FileOf("go"), "");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _ytDlp?.Dispose();
    }

    protected override void Configure()
    {
        base.Configure();
        // The transfer is 95 of a row's 100 percent: of 95,000 bytes every thousand is one.
        _ytDlp = new StandIn(
            $$$"""
            if [[ " $* " == *" -J "* ]]; then
              echo '{"title":"A film","formats":[{"format_id":"1","ext":"mp4","protocol":"http","height":360}]}'
              exit
            fi
            here=$(dirname "$0")
            until [ -e "$here/go" ]; do sleep 0.1; done
            for percent in {5..86..9}; do
              echo "$percent $(date +%s%3N)" >> "$here/printed"
              echo "TV|downloading|${percent}500|95000|NA|12900|5|NA|NA|1"
              sleep 0.7
            done
            cp '{{{Site.FileOf("clip.mp4")}}}' film.mp4
            echo "FILE|$PWD/film.mp4"
            """);
        Set("YTDLP_PATH", _ytDlp.Path);
        // It notes beside itself what it prints, and is told there when to go on.
        Set("DOWNLOAD_CONFINEMENT", "off");
    }

    private string FileOf(string name) => Path.Combine(Path.GetDirectoryName(_ytDlp!.Path)!, name);
}

public sealed class LiveProgressTests(PrintingApp app, BrowserFixture browser, ITestOutputHelper output) : IClassFixture<PrintingApp>
{
    private const string NoteWhatTheRowShows =
        """
        () => {
          window.seen = [];
          window.row = document.querySelector('#download-list .row');
          const look = () => {
            const percent = row.querySelector('progress')?.value;
            if (percent !== undefined && seen.at(-1)?.[0] !== percent) seen.push([percent, Date.now()]);
          };
          new MutationObserver(look).observe(row, { subtree: true, childList: true, attributes: true });
        }
        """;

    [Fact]
    public async Task What_yt_dlp_prints_is_on_the_page_within_a_second_without_a_reload()
    {
        var user = await app.GivenUserAsync(password: "quiet-harbour-lantern");
        var outcome = await app.Services.GetRequiredService<DownloadService>().StartAsync(
            user.Id, new DownloadRequest { Url = app.Site.Url("clip.mp4"), Format = "best" }, TestContext.Current.CancellationToken);
        Assert.IsType<StartOutcome.Started>(outcome);
        await using var tab = await browser.OpenAsync(app.Address);
        var page = tab.Page;
        await page.GotoAsync("signin?returnUrl=/downloads");
        await page.GetByLabel("E-mail").FillAsync(user.Email);
        await page.GetByLabel("Password").FillAsync("quiet-harbour-lantern");
        await page.Locator("main").GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        var row = page.Locator("#download-list .row");
        await Expect(row).ToHaveAttributeAsync("data-state", "running");
        await Expect(page.Locator("[data-live-mark]").First).ToHaveTextAsync("live");

        await page.EvaluateAsync(NoteWhatTheRowShows);
        app.Go();
        await Expect(row).ToHaveAttributeAsync("data-state", "done");

        var seen = await page.EvaluateAsync<double[][]>("window.seen");
        var delays = seen.Where(look => app.Printed.ContainsKey((int)look[0])).Select(look => look[1] - app.Printed[(int)look[0]]).ToList();
        output.WriteLine($"Percents: {string.Join(", ", seen.Select(look => look[0]))}. Milliseconds from the print to the page: {string.Join(", ", delays)}.");
        Assert.True(delays.Count >= 5, "Half of the percents are seen at least.");
        Assert.InRange(delays.Order().ElementAt(delays.Count / 2), 0, 1000);
        Assert.True(await page.EvaluateAsync<bool>("window.row === document.querySelector('#download-list .row')"), "The row is the same element throughout.");
    }
}
