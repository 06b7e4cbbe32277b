using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.Downloads;
using TrendVault.Tests.Uploads;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.App;

/// <summary>What the platforms give out in confidence is looked for in all that TrendVault keeps, prints, shows and answers.</summary>
public sealed partial class SecretsTests(MediaSite site, GoogleSandbox google) : IClassFixture<MediaSite>, IClassFixture<GoogleSandbox>
{
    private const string Title = "A film in confidence";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_token_and_no_session_can_be_read_in_files_output_pages_or_answers()
    {
        // Reachable for the postgres user.
        File.SetUnixFileMode(google.DataFolder, (UnixFileMode)0b111_101_101);
        google.Reset();
        await using var app = await AppProcess.Start(google.DataFolder, Settings).ReadyAsync();
        await ScriptClient.ConnectAsync(app);
        using var client = await ScriptClient.SignInAsync(app);
        var upload = await UploadInTheMiddleAsync(client);
        google.Order(new FaultOrder { Path = "/upload/youtube/v3/videos", Method = "PUT", Status = 503 });

        var secrets = Secrets();
        Assert.True(secrets.Count >= 4, "Two tokens, a session and a key.");
        var places = await PlacesAsync(app, client, upload);
        Assert.Contains(places, place => Holds(place.Bytes, Title));
        Assert.All(secrets, secret => Assert.DoesNotContain(places, place => Holds(place.Bytes, secret)));

        google.Server.Faults.Release();
    }

    private (string Name, string Value)[] Settings =>
    [
        .. google.Settings,
        ("SANDBOX", "off"),
        ("PUBLIC_URL", new Uri(GoogleSandbox.RedirectUri).GetLeftPart(UriPartial.Authority)),
        ("DOWNLOAD_PRIVATE_ENDPOINTS", site.Endpoint),
        ("UPLOAD_CHUNK_BYTES", UploadRig.Chunk.ToString(CultureInfo.InvariantCulture)),
        ("MIN_FREE_BYTES", "0"),
        ScriptClient.Unlimited,
    ];

    private async Task<string> UploadInTheMiddleAsync(ScriptClient client)
    {
        var download = await client.PostAsync("api/downloads", new { videoUrl = site.Url("large.mp4"), format = "best" }, "downloadId");
        await client.CompletedAsync($"api/downloads/{download}", Patience);
        google.Server.Faults.Hold(new UploadHold(Title, UploadRig.Chunk));
        var body = new { downloadedVideoId = download, channelId = await client.ChannelAsync(), title = Title, privacy = "unlisted" };
        var upload = "api/uploads/" + await client.PostAsync("api/uploads", body, "uploadId");
        await Eventually.TrueAsync(() => google.Server.Faults.Held == 1, "the upload is under way", Patience);
        return upload;
    }

    /// <summary>What the sandbox has given out, as it remembers it, and the key that seals it here.</summary>
    private List<string> Secrets() =>
    [
        .. GivenOut().Matches(File.ReadAllText(Path.Combine(google.DataFolder, "sandbox", "state.json"))).Select(match => match.Value),
        google.Settings.Single(setting => setting.Name == "ENCRYPTION_KEY").Value,
    ];

    private async Task<List<(string Name, byte[] Bytes)>> PlacesAsync(AppProcess app, ScriptClient client, string upload)
    {
        var places = Directory.EnumerateFiles(google.DataFolder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Where(path => !path.StartsWith(Path.Combine(google.DataFolder, "sandbox"), StringComparison.Ordinal))
            .Select(path => (path, ReadAll(path)))
            .ToList();
        Assert.Contains(places, place => place.path.Contains("/pg_wal/", StringComparison.Ordinal) && Holds(place.Item2, Title));

        using var browser = await ScriptClient.BrowserAsync(app);
        foreach (var page in (string[])["accounts", "uploads", "published", "status", "settings"])
            places.Add((page, await browser.GetByteArrayAsync(page, Token)));
        foreach (var answer in (string[])["api/accounts", "api/channels", "api/uploads", upload])
            places.Add((answer, Encoding.UTF8.GetBytes((await client.GetAsync(answer)).GetRawText())));
        places.Add(("output", Encoding.UTF8.GetBytes(app.Output)));
        return places;
    }

    // Files come and go while a server works; sockets and the lock cannot be read.
    private static byte[] ReadAll(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            file.CopyTo(bytes);
            return bytes.ToArray();
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static bool Holds(byte[] bytes, string text) => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    [GeneratedRegex(@"(?<="")(ya29\.[\w-]+|1//0g[\w-]+|xa[\w-]{40,})(?="")")]
    private static partial Regex GivenOut();
}
