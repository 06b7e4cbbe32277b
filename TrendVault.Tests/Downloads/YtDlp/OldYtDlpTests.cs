using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Downloads;
using TrendVault.Core.Media;
using TrendVault.Core.Work;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Downloads;

/// <summary>The app with a yt-dlp that is too old to be run.</summary>
public sealed class OldYtDlpApp(TestServers servers) : DownloadsApp(servers)
{
    private readonly StandIn _ytDlp = StandIn.TooOld();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _ytDlp.Dispose();
    }

    protected override void Configure()
    {
        base.Configure();
        Set("YTDLP_PATH", _ytDlp.Path);
    }
}

public sealed class OldYtDlpTests(OldYtDlpApp app) : IClassFixture<OldYtDlpApp>
{
    private static readonly string Sentence = $"below {YtDlpVersion.Floor} nothing is downloaded";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_page_and_the_api_say_what_to_install_and_what_is_started_waits()
    {
        var user = await app.GivenUserAsync();
        using var client = await app.ApiClientAsync(user);
        using var page = await app.SignInAsync(user);
        var video = new { videoUrl = app.Site.Url("clip.mp4") };

        using var formats = await client.PostAsJsonAsync(new Uri("/api/downloads/formats", UriKind.Relative), video, Token);
        using var accepted = await client.PostAsJsonAsync(new Uri("/api/downloads", UriKind.Relative), video, Token);

        var error = (await formats.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("error");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not_installed"), (formats.StatusCode, error.GetProperty("code").GetString()));
        Assert.Contains(Sentence, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains(Sentence, WebUtility.HtmlDecode(await page.GetStringAsync(new Uri("/downloads", UriKind.Relative), Token)), StringComparison.Ordinal);

        var id = (await accepted.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("data").GetProperty("downloadId").GetGuid();
        var store = app.Services.GetRequiredService<DownloadStore>();
        await Eventually.TrueAsync(
            async () => await store.FindAsync(user.Id, id, Token) is { Status: WorkStatus.Pending, WaitReason: { } why } && why.Contains(Sentence, StringComparison.Ordinal),
            "it waits");
        Assert.Empty(app.Site.Requests);
    }
}
